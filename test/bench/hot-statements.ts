/** Statements of the hot path, by what is in their text, in the order of a message's life; and what their plans are to show. */
export interface HotStatement {
  title: string;
  find: RegExp;
  shows: string;
}

export const HOT_STATEMENTS: readonly HotStatement[] = [
  {
    title: 'accept: messages of the last day to each number',
    find: /SELECT wanted\.account_id, wanted\.recipient, recent\.count/,
    shows: 'A range of `messages_recipient` for each number, which begins a day ago; older partitions are pruned.',
  },
  {
    title: 'accept: opt-outs',
    find: /SELECT o\.account_id, o\.digits\s+FROM unnest/,
    shows: 'By key.',
  },
  {
    title: 'accept: messages, queue, external ids',
    find: /INSERT INTO messages \(/,
    shows:
      'Inserts only. What it reads are its parameters: each row costs its index entries, whatever stands there already.',
  },
  {
    title: 'accept: streams',
    find: /INSERT INTO message_streams AS s/,
    shows: 'One row a stream, by its key.',
  },
  {
    title: 'claim: open streams',
    find: /FROM message_streams s\s+WHERE s\.provider_id = \$1 AND s\.lane = c\.lane/,
    shows: 'Walks the partial index of open streams; parked streams and the queue are not touched.',
  },
  {
    title: 'claim: queue rows with messages and groups',
    find: /UPDATE message_queue q\s+SET claimed_by = \$/,
    shows:
      'Begins at the first unclaimed row of `message_queue_claim` and stops after as many as were asked for; messages by key.',
  },
  {
    title: 'send: rate slots and mark',
    find: /take_rate_slots\(/,
    shows: 'A row of the gate and a row of the line; everything happens in the function.',
  },
  {
    title: 'settle: out of the queue',
    find: /DELETE FROM message_queue q USING/,
    shows: 'By key, row by row.',
  },
  {
    title: 'settle, reports: messages',
    find: /UPDATE messages m\s+SET state = /,
    shows: 'By key, each row in the one partition that its id names.',
  },
  {
    title: 'settle: attempts and parts',
    find: /INSERT INTO attempts \(/,
    shows: 'Inserts; conflicts are looked for in the key of one partition.',
  },
  {
    title: 'settle, reports: lock wallets',
    find: /FROM wallets w\s+JOIN \(\s+SELECT DISTINCT \* FROM unnest\(\$1::uuid\[\], \$2::uuid\[\]\)/,
    shows: 'By key. Its time is that of waiting for whoever has the wallet.',
  },
  {
    title: 'accept, settle, reports: ledger',
    find: /INSERT INTO ledger_entries/,
    shows: 'Asks for the idempotency key in its unique index, writes an entry, its legs and a balance.',
  },
  {
    title: 'reports: into the inbox',
    find: /INSERT INTO report_inbox/,
    shows: 'Inserts only.',
  },
  {
    title: 'reports: take',
    find: /FROM report_inbox\s+WHERE next_try_at <= \$2/,
    shows: 'The left end of `report_inbox_due`; parked reports lie behind it and are not read.',
  },
  {
    title: 'reports: match by id',
    find: /p\.provider_message_id = k\.provider_message_id/,
    shows:
      'One look into `attempt_parts_provider_message` of each partition of the last 14 days; older ones are pruned.',
  },
  {
    title: 'reports: lock messages',
    find: /FOR NO KEY UPDATE OF m LIMIT 1/,
    shows: 'By key, in the one partition.',
  },
  {
    title: 'reports: read parts',
    find: /SELECT p\.part_no, p\.state, p\.provider_message_id FROM attempt_parts/,
    shows: 'By key, in the one partition.',
  },
  {
    title: 'reports: parts and reports',
    find: /INSERT INTO delivery_reports/,
    shows: 'Updates parts by key, inserts reports.',
  },
  {
    title: 'reports: out of the inbox',
    find: /DELETE FROM report_inbox/,
    shows: 'By key.',
  },
  {
    title: 'reports: park',
    find: /UPDATE report_inbox r SET next_try_at/,
    shows: 'By key; those that came before the answer to their submit was settled.',
  },
  {
    title: 'statistics: outbox',
    find: /INSERT INTO outbox_events/,
    shows: 'One row a consumer for a whole transaction.',
  },
];
