/** Everything that a user's access token is checked against, on every request: revocation works at once. */
export const FIND_USER_OF_SESSION = {
  name: 'identity.find-user-of-session',
  text: `
    SELECT u.role, u.permissions, u.status, a.status AS account_status, a.portal_id
    FROM sessions AS s
    JOIN users AS u ON u.account_id = s.account_id AND u.id = s.subject_id
    JOIN accounts AS a ON a.id = u.account_id
    WHERE s.id = $1 AND s.subject_kind = 'user' AND s.subject_id = $2 AND s.account_id = $3
      AND s.revoked_at IS NULL AND s.expires_at > $4`,
};

export const FIND_STAFF_OF_SESSION = {
  name: 'identity.find-staff-of-session',
  text: `
    SELECT o.role, o.status
    FROM sessions AS s
    JOIN staff AS o ON o.id = s.subject_id
    WHERE s.id = $1 AND s.subject_kind = 'staff' AND s.subject_id = $2 AND s.revoked_at IS NULL AND s.expires_at > $3`,
};

export const FIND_API_KEY = {
  name: 'identity.find-api-key',
  text: `
    SELECT id, account_id, portal_id, mode, scopes, allowed_addresses, expires_at, revoked_at, last_used_at
    FROM api_keys WHERE key_hash = $1`,
};

/** A hint for people, at most once a minute per key and process. */
export const TOUCH_API_KEY = {
  name: 'identity.touch-api-key',
  text: `UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)`,
};
