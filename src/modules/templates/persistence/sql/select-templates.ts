/** Templates that may be sent, of one account: by primary key, one read for a batch. */
export const SELECT_TEMPLATES = {
  name: 'templates.select-templates',
  text: `SELECT id, version, name, body, spelling, alphabet_policy FROM templates
         WHERE account_id = $1 AND id = ANY($2::uuid[]) AND archived_at IS NULL`,
};
