import type { Statement } from '../../../../database/database.js';

/** Messages of all accounts by state from an id on: a range of partitions, read once. For staff, not for hot paths. */
export const TOTAL_MESSAGES: Statement = {
  name: 'messages.total',
  text: `SELECT state, count(*)::int AS messages, sum(parts)::int AS parts FROM messages WHERE id >= $1 GROUP BY state`,
};

/** Parts that a provider took over, by our own record: what must equal the providers' bills. */
export const TOTAL_SUBMITTED_PARTS: Statement = {
  name: 'messages.total-submitted-parts',
  text: `SELECT count(*)::int AS parts FROM attempt_parts WHERE attempt_id >= $1 AND provider_message_id IS NOT NULL`,
};
