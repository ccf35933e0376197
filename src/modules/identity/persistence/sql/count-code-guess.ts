/**
 * Counts a guess at the latest code of a subject before anything is compared: the conditions are checked again on the locked
 * row, so of parallel guesses exactly as many get through as attempts are left. No row: the code is used, expired, exhausted,
 * or was never sent.
 */
export const COUNT_CODE_GUESS = {
  name: 'identity.count-code-guess',
  text: `
    UPDATE verification_codes AS c SET attempts = c.attempts + 1
    WHERE c.id = (SELECT latest.id FROM verification_codes AS latest
                  WHERE latest.subject_id = $1 AND latest.purpose = $2
                  ORDER BY latest.expires_at DESC, latest.id DESC LIMIT 1)
      AND c.used_at IS NULL AND c.expires_at > $3 AND c.attempts < $4
    RETURNING c.id, c.code_hash, c.attempts`,
};

/** Uses a code up. Of parallel right guesses exactly one gets the row. */
export const USE_CODE = {
  name: 'identity.use-code',
  text: `UPDATE verification_codes SET used_at = $2 WHERE id = $1 AND used_at IS NULL RETURNING id`,
};
