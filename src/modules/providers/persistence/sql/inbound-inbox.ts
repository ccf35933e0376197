import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';

export interface InboundRow extends Record<string, unknown> {
  id: string;
  provider_id: string;
  sender: string;
  recipient: string;
  body_utf16: Buffer;
  provider_message_id: string | null;
  concat_reference: number | null;
  part_no: number | null;
  parts_total: number | null;
  received_at: Date;
}

const COLUMNS = `i.id, i.provider_id, i.sender, i.recipient, i.body_utf16, i.provider_message_id, i.concat_reference, i.part_no,
  i.parts_total, i.received_at`;

export const APPEND_INBOUND: Statement = {
  name: 'providers.append-inbound',
  text: `
    INSERT INTO inbound_inbox (id, provider_id, sender, recipient, body_utf16, provider_message_id, concat_reference, part_no,
                               parts_total, received_at, next_try_at)
    SELECT t.*, $11::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::integer[], $8::smallint[],
                $9::smallint[], $10::timestamptz[]) AS t (id)
    WHERE ${expectFew('t.id')}`,
};

/** From the left end of inbound_inbox_due. */
export const TAKE_INBOUND: Statement = {
  name: 'providers.take-inbound',
  text: `
    SELECT ${COLUMNS} FROM inbound_inbox i WHERE i.next_try_at <= $2 ORDER BY i.next_try_at, i.id LIMIT $1
    FOR UPDATE SKIP LOCKED`,
};

/** By inbound_inbox_parts: $1 senders, $2 recipients, $3 references, $4 how many parts, $5 providers. */
export const FIND_INBOUND_PARTS: Statement = {
  name: 'providers.find-inbound-parts',
  text: `
    SELECT ${COLUMNS}
      FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::smallint[], $5::uuid[])
                               AS t (sender, recipient, reference, total, provider_id)) k
      JOIN inbound_inbox i ON i.sender = k.sender AND i.recipient = k.recipient AND i.concat_reference = k.reference
                          AND i.parts_total = k.total AND i.provider_id = k.provider_id AND i.parts_total IS NOT NULL
     ORDER BY i.id
    FOR UPDATE OF i`,
};

export const FINISH_INBOUND: Statement = {
  name: 'providers.finish-inbound',
  text: `DELETE FROM inbound_inbox i USING unnest($1::uuid[]) AS k (id) WHERE i.id = k.id AND ${expectFew('k.id')}`,
};

export const PARK_INBOUND: Statement = {
  name: 'providers.park-inbound',
  text: `
    UPDATE inbound_inbox i SET next_try_at = $2 FROM unnest($1::uuid[]) AS k (id)
     WHERE i.id = k.id AND ${expectFew('k.id')}`,
};
