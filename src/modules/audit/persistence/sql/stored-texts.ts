/** Texts whose parts are counted again; bodies that retention erased are not there any more. */
export const OPEN_STORED_TEXTS = `
  DECLARE audit_texts NO SCROLL CURSOR FOR
  SELECT account_id AS "accountId", id, body, encoding, parts
  FROM messages
  WHERE body IS NOT NULL AND parts > 0`;

export const FETCH_STORED_TEXTS = `FETCH 2000 FROM audit_texts`;

export interface StoredText {
  accountId: string;
  id: string;
  body: string;
  encoding: string;
  parts: number;
}
