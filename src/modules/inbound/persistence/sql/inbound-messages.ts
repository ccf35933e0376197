import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

export const ATTRIBUTIONS = ['number', 'reply', 'none'] as const;
export type Attribution = (typeof ATTRIBUTIONS)[number];
export type InboundAction = 'opted_out' | 'opted_in';

export interface InboundMessageRow extends Record<string, unknown> {
  account_id: string;
  id: string;
  provider_id: string;
  sender: string;
  recipient: string;
  body: string;
  parts: number;
  complete: boolean;
  attribution: Attribution;
  in_reply_to: string | null;
  action: InboundAction | null;
  received_at: Date;
}

/** Those of the pairs that are there: $1 what the provider calls them, $2 providers. */
export const FIND_KNOWN_INBOUND: Statement = {
  name: 'inbound.find-known',
  text: `
    SELECT m.provider_id AS "providerId", m.provider_message_id AS "providerMessageId"
      FROM unnest($1::text[], $2::uuid[]) AS k (provider_message_id, provider_id)
      JOIN inbound_messages m ON m.provider_message_id = k.provider_message_id AND m.provider_id = k.provider_id
     WHERE ${expectFew('k.provider_id')}`,
};

/** Whose numbers these are: $1 numbers, $2 providers. */
export const FIND_NUMBER_OWNERS: Statement = {
  name: 'inbound.find-number-owners',
  text: `
    SELECT n.address, n.provider_id AS "providerId", n.account_id AS "accountId"
      FROM unnest($1::text[], $2::uuid[]) AS k (address, provider_id)
      JOIN inbound_numbers n ON n.address = k.address AND n.provider_id = k.provider_id
     WHERE ${expectFew('k.provider_id')}`,
};

/** $1 accounts, $2 ids, and so on in the order of the columns. */
export const WRITE_INBOUND: Statement = {
  name: 'inbound.write',
  text: `
    INSERT INTO inbound_messages (account_id, id, provider_id, provider_message_id, sender, recipient, body, parts, complete,
                                  attribution, in_reply_to, action, received_at)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::smallint[],
                         $9::boolean[], $10::text[], $11::uuid[], $12::text[], $13::timestamptz[]) AS m (account_id)
     WHERE ${expectFew('m.account_id')}`,
};

const COLUMNS = `account_id, id, provider_id, sender, recipient, body, parts, complete, attribution, in_reply_to, action, received_at`;

/** Of one account, newest first. $1 account, $2 before which id, $3 not before which, $4 phone, $5 provider (null: any), $6 how many. */
export const LIST_INBOUND: Statement = {
  name: 'inbound.list',
  text: `
    SELECT ${COLUMNS} FROM inbound_messages
     WHERE account_id = $1 AND id < $2 AND id >= $3 AND ($4::text IS NULL OR sender = $4)
       AND ($5::uuid IS NULL OR provider_id = $5)
     ORDER BY id DESC LIMIT $6`,
};

/** $1 accounts, $2 ids. */
export const FIND_INBOUND: Statement = {
  name: 'inbound.find',
  text: `
    SELECT ${COLUMNS.replace(/\w+/g, 'm.$&')} FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id)
      JOIN inbound_messages m ON m.account_id = k.account_id AND m.id = k.id
     WHERE ${expectFew('k.id')}`,
};

/** Of all accounts. $1 before which id, $2 not before which, $3 phone, $4 provider, $5 how many. */
export const LIST_ALL_INBOUND: Statement = {
  name: 'inbound.list-all',
  text: `
    SELECT ${COLUMNS} FROM inbound_messages
     WHERE id < $1 AND id >= $2 AND ($3::text IS NULL OR sender = $3) AND ($4::uuid IS NULL OR provider_id = $4)
     ORDER BY id DESC LIMIT $5`,
};
