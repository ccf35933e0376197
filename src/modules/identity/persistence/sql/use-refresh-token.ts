/** Spends a refresh token. Of two parallel uses one gets the row; the other finds it spent, which is what theft looks like. */
export const USE_REFRESH_TOKEN = {
  name: 'identity.use-refresh-token',
  text: `
    UPDATE refresh_tokens AS t SET used_at = $2
    FROM sessions AS s
    WHERE t.token_hash = $1 AND s.id = t.session_id AND t.used_at IS NULL AND t.expires_at > $2
      AND s.revoked_at IS NULL AND s.expires_at > $2 AND s.subject_kind = $3
    RETURNING s.id AS session_id, s.subject_kind, s.subject_id, s.account_id, s.expires_at`,
};

export const REVOKE_SESSION = {
  name: 'identity.revoke-session',
  text: `UPDATE sessions SET revoked_at = $2, revoked_reason = $3 WHERE id = $1 AND revoked_at IS NULL RETURNING id`,
};

/** Ends every session of a user or operator, except the one that asks (null: all of them). */
export const REVOKE_SESSIONS_OF = {
  name: 'identity.revoke-sessions-of',
  text: `
    UPDATE sessions SET revoked_at = $3, revoked_reason = $4
    WHERE subject_id = $1 AND ($2::uuid IS NULL OR id <> $2) AND revoked_at IS NULL
    RETURNING id`,
};
