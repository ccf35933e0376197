import { expectFew } from '../../../../database/expect-few.js';
import type { Statement } from '../../../../database/database.js';
import type { ProviderKind } from '../../domain/provider.js';

export interface DuePoll {
  id: string;
  providerId: string;
  kind: ProviderKind;
  clientReference: string;
  providerMessageId: string;
  to: string;
  /** Times, with this one. */
  asked: number;
  since: Date;
}

export const INSERT_POLLS: Statement = {
  name: 'providers.insert-polls',
  text: `
    INSERT INTO status_polls (id, provider_id, client_reference, provider_message_id, recipient, since, next_ask_at)
    SELECT t.*, $6::timestamptz, $7::timestamptz
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) AS t (id)
    WHERE ${expectFew('t.id')}`,
};

/**
 * Due ones of the providers of the kinds $5 and of the providers $6 as far as they are not paused, up to $2 of each by the index status_polls_due; put off in the same statement, so
 * that two workers ask about different ones and a killed worker's come again. $1 now, $3 first and $4 longest pause in
 * milliseconds; the jitter spreads what was sent at once.
 */
export const TAKE_POLLS: Statement = {
  name: 'providers.take-polls',
  text: `
    UPDATE status_polls s
    SET asked = LEAST(s.asked + 1, 1000),
        next_ask_at = $1::timestamptz
                    + LEAST($4::float8, $3::float8 * 2 ^ LEAST(s.asked, 20)) * (0.8 + 0.4 * random()) * interval '1 millisecond'
    FROM providers p
    CROSS JOIN LATERAL (
      SELECT id FROM status_polls
      WHERE provider_id = p.id AND next_ask_at <= $1
      ORDER BY next_ask_at
      LIMIT $2
      FOR UPDATE SKIP LOCKED) AS due
    WHERE p.status <> 'paused' AND (p.kind = ANY ($5::text[]) OR p.id = ANY ($6::uuid[])) AND s.id = due.id
    RETURNING s.id, s.provider_id AS "providerId", p.kind, s.client_reference AS "clientReference",
              s.provider_message_id AS "providerMessageId", s.recipient AS "to", s.asked, s.since`,
};

export const END_POLLS: Statement = {
  name: 'providers.end-polls',
  text: `DELETE FROM status_polls s USING unnest($1::uuid[]) AS k (id) WHERE s.id = k.id AND ${expectFew('k.id')}`,
};
