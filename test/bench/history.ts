import pg from 'pg';
import { monthsOf } from '../../src/modules/messages/domain/partitions.js';
import type { OpenedCabinet } from './opened-cabinet.js';

/** How much is there before anything is looked at. */
export interface HistorySize {
  /** Messages of the last {@link DAYS} days with attempt, part and report; half of them of one account. */
  messages: number;
  /** Messages in the queue: half of them due, of that one account, the others later. */
  queued: number;
  /** Reports that match nothing and wait for their next try. */
  parked: number;
}

const DAYS = 60;
const CHUNK = 250_000;
const OTHER_ACCOUNTS = 49;
const ENTRY_OF_MESSAGES = 25;
const PRICE = 3_000_000;
const TEXT = 'Для Вас есть письмо. Отправитель: Почта. Приходите за ним с 9 до 20.';
const TABLES = ['messages', 'attempts', 'attempt_parts', 'delivery_reports'];
const FILL_FACTOR: Record<string, number> = { delivery_reports: 100 };

/**
 * Fills the database of an opened cabinet by SQL with what months of traffic leave behind. Indexes that are no keys are made anew
 * afterwards, which is faster; the ledger gets entries as settlements of 25 messages leave them. No books are kept of it: an audit
 * would complain.
 */
export class History {
  private constructor(
    private readonly client: pg.Client,
    private readonly cabinet: OpenedCabinet,
    private readonly providerId: string,
    private readonly tell: (step: string) => void,
  ) {}

  static async fill(
    cabinet: OpenedCabinet,
    providerId: string,
    size: HistorySize,
    tell: (step: string) => void,
  ): Promise<void> {
    const client = new pg.Client({ connectionString: cabinet.databaseUrl });
    await client.connect();
    try {
      await client.query(`SET synchronous_commit = off; SET maintenance_work_mem = '512MB'`);
      await new History(client, cabinet, providerId, tell).write(size);
    } finally {
      await client.end();
    }
  }

  private async write({ messages, queued, parked }: HistorySize): Promise<void> {
    await this.makePartitions();
    await this.addAccounts();
    const indexes = await this.dropIndexes();
    for (let done = 0; done < messages; done += CHUNK) {
      await this.addMessages(done, Math.min(messages, done + CHUNK), messages);
      this.tell(`${Math.min(messages, done + CHUNK)} of ${messages} messages`);
    }
    await this.addEntries(Math.ceil(messages / ENTRY_OF_MESSAGES));
    this.tell('ledger entries');
    await this.queue(queued);
    await this.park(parked);
    this.tell(`${queued} in the queue, ${parked} parked reports`);
    for (const index of indexes) await this.client.query(index);
    this.tell('indexes');
    await this.client.query('DROP TABLE bench_seed');
    await this.vacuum();
    this.tell('vacuumed and analysed');
  }

  /** The job makes them from this month on. */
  private async makePartitions(): Promise<void> {
    const from = new Date(Date.now() - (DAYS + 1) * 86_400_000);
    for (const table of TABLES)
      for (const { name, fromId, untilId } of monthsOf(table, from, new Date()))
        if (!(await this.exists(name)))
          await this.client.query(
            `CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM ('${fromId}') TO ('${untilId}')
               WITH (fillfactor = ${FILL_FACTOR[table] ?? 50})`,
          );
  }

  private async exists(table: string): Promise<boolean> {
    const { rows } = await this.client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
      table,
    ]);
    return rows[0]!.there;
  }

  private async addAccounts(): Promise<void> {
    await this.client.query(
      `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, created_at, updated_at)
       SELECT uuidv7(), 'customer', 'Bench ' || n, 'RU', 'RUB', 'Europe/Moscow', 'Kabinet', now(), now()
         FROM generate_series(1, ${OTHER_ACCOUNTS}) n`,
    );
    await this.client.query(
      `INSERT INTO wallets (account_id, id, currency, created_at)
       SELECT id, uuidv7(), 'RUB', now() FROM accounts WHERE name LIKE 'Bench %'`,
    );
  }

  /** Answers what makes them again. */
  private async dropIndexes(): Promise<string[]> {
    const { rows } = await this.client.query<{ name: string; definition: string }>(
      `SELECT i.indexrelid::regclass AS name, pg_get_indexdef(i.indexrelid) AS definition
         FROM pg_index i
        WHERE i.indrelid = ANY ($1::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
      [TABLES],
    );
    for (const { name } of rows) await this.client.query(`DROP INDEX ${name}`);
    return rows.map(({ definition }) => definition.replace(' ON ONLY ', ' ON '));
  }

  /** What has rows. Partitions of months to come are as they were made, as in a database that nobody vacuums by hand. */
  private async vacuum(): Promise<void> {
    const { rows } = await this.client.query<{ name: string }>(
      `SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_relation_size(c.oid) > 0`,
    );
    for (const { name } of rows) await this.client.query(`VACUUM (ANALYZE) ${name}`);
  }

  private async addMessages(from: number, until: number, all: number): Promise<void> {
    const { client, providerId } = this;
    await this.seed(from, until, `(${DAYS} * (1 - n / ${all}.0)) * interval '1 day' + interval '2 hours'`, 2);
    await client.query(
      `INSERT INTO messages (account_id, id, source, lane, recipient, country, sender, body, encoding, parts, price_micros,
                             currency, charge_on, refund_undelivered, wallet_id, charge_state, hold_entry_id, settle_entry_id,
                             state, provider_id, delivery_policy, window_action, due_at, valid_until, created_at, state_at,
                             submitted_at, final_at)
       SELECT account_id, message_id, 'api', 'bulk', recipient, 'RU', 'Kabinet', $2, 'ucs2', 1, ${PRICE}, 'RUB', 'submit', false,
              wallet_id, 'captured', attempt_id, report_id, CASE WHEN n % 20 = 0 THEN 'undelivered' ELSE 'delivered' END, $1,
              'at_most_once', 'wait', at, at + interval '1 day', at, at + interval '5 s', at + interval '1 s', at + interval '5 s'
         FROM bench_seed`,
      [providerId, TEXT],
    );
    await client.query(
      `INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, worker, state, started_at, finished_at)
       SELECT account_id, attempt_id, message_id, 1, $1, attempt_id::text, $1, 'submitted', at, at + interval '1 s' FROM bench_seed`,
      [providerId],
    );
    await client.query(
      `INSERT INTO attempt_parts (account_id, attempt_id, part_no, message_id, provider_id, provider_message_id, state, state_at)
       SELECT account_id, attempt_id, 1, message_id, $1, (1000000000 + n)::text,
              CASE WHEN n % 20 = 0 THEN 'undelivered' ELSE 'delivered' END, at + interval '5 s' FROM bench_seed`,
      [providerId],
    );
    await client.query(
      `INSERT INTO delivery_reports (account_id, id, message_id, attempt_id, part_no, provider_id, provider_message_id, status,
                                     intermediate, done_at, raw, received_at, outcome)
       SELECT account_id, report_id, message_id, attempt_id, 1, $1, (1000000000 + n)::text,
              CASE WHEN n % 20 = 0 THEN 'undelivered' ELSE 'delivered' END, false, at + interval '4 s',
              'id:' || (1000000000 + n) || ' sub:001 dlvrd:001 submit date:2611221200 done date:2611221200 stat:DELIVRD err:000 text:.',
              at + interval '5 s', 'applied' FROM bench_seed`,
      [providerId],
    );
  }

  /** One row a message, so that the tables can point at each other. Every `share`th is of the benchmark's own account. */
  private async seed(from: number, until: number, age: string, share: number): Promise<void> {
    await this.client.query('DROP TABLE IF EXISTS bench_seed');
    await this.client.query(
      `CREATE UNLOGGED TABLE bench_seed AS
       SELECT n, now() - age AS at, uuidv7(-age) AS message_id, uuidv7(interval '1 s' - age) AS attempt_id,
              uuidv7(interval '5 s' - age) AS report_id, '7916' || lpad((n::bigint * 7919 % 10000000)::text, 7, '0') AS recipient,
              w.account_id, w.id AS wallet_id
         FROM (SELECT n, ${age} AS age FROM generate_series(${from + 1}, ${until}) n) s
         JOIN (SELECT w.account_id, w.id, row_number() OVER (ORDER BY a.name LIKE 'Bench %', w.id) - 1 AS no
                 FROM wallets w JOIN accounts a ON a.id = w.account_id
                WHERE a.name LIKE 'Bench %' OR a.id = '${this.cabinet.accountId}') w
           ON w.no = CASE WHEN n % ${share} = 0 THEN 0 ELSE 1 + n / ${share} % ${OTHER_ACCOUNTS} END
        ORDER BY n`,
    );
  }

  private async addEntries(count: number): Promise<void> {
    const { client, cabinet } = this;
    const own = `(SELECT account_id, id, last_seq FROM wallets WHERE account_id = '${cabinet.accountId}')`;
    await client.query(
      `WITH entry AS (
         INSERT INTO ledger_entries (account_id, id, wallet_id, wallet_seq, kind, idempotency_key, subject_kind, subject_id,
                                     item_count, created_at, link)
         SELECT w.account_id, uuidv7(-age), w.id, w.last_seq + n, 'capture', 'capture:bench:' || n, 'messages', 'bench-' || n,
                ${ENTRY_OF_MESSAGES}, now() - age, sha256(n::text::bytea)
           FROM ${own} w, generate_series(1, ${count}) n, LATERAL (SELECT (1 - n / ${count}.0) * interval '1 hour' AS age) a
         RETURNING *)
       INSERT INTO postings (account_id, entry_id, leg, ledger_account, wallet_id, currency, amount_micros, wallet_seq,
                             balance_after_micros)
       SELECT account_id, id, leg, CASE leg WHEN 2 THEN 'held' ELSE 'revenue' END, CASE leg WHEN 2 THEN wallet_id END, 'RUB',
              CASE leg WHEN 2 THEN -1 ELSE 1 END, CASE leg WHEN 2 THEN wallet_seq END, CASE leg WHEN 2 THEN 0 END
         FROM entry, (VALUES (2), (3)) l (leg)`,
    );
    await client.query(`UPDATE wallets SET last_seq = last_seq + $1 WHERE account_id = $2`, [count, cabinet.accountId]);
  }

  private async queue(count: number): Promise<void> {
    const { client, providerId } = this;
    await this.seed(0, count, `interval '1 hour' * (1 - n / ${count}.0) + interval '1 minute'`, 2);
    const own = `account_id = '${this.cabinet.accountId}'`;
    const due = `CASE WHEN ${own} THEN at ELSE at + interval '3 days' END`;
    await client.query(
      `INSERT INTO messages (account_id, id, source, lane, recipient, country, sender, body, encoding, parts, price_micros,
                             currency, charge_on, refund_undelivered, wallet_id, charge_state, hold_entry_id, state, provider_id,
                             delivery_policy, window_action, due_at, valid_until, created_at, state_at)
       SELECT account_id, message_id, 'api', 'bulk', recipient, 'RU', 'Kabinet', $2, 'ucs2', 1, ${PRICE}, 'RUB', 'submit', false,
              wallet_id, 'held', attempt_id, CASE WHEN ${own} THEN 'queued' ELSE 'scheduled' END, $1, 'at_most_once', 'wait', ${due},
              at + interval '7 days', at, at
         FROM bench_seed`,
      [providerId, TEXT],
    );
    await client.query(
      `INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until)
       SELECT account_id, message_id, $1, 2, '00000000-0000-0000-0000-000000000000', ${due}, at + interval '7 days' FROM bench_seed`,
      [providerId],
    );
    await client.query(
      `INSERT INTO message_streams (provider_id, lane, account_id, group_id, state, ready_at)
       SELECT $1, 2, account_id, '00000000-0000-0000-0000-000000000000', CASE WHEN ${own} THEN 'open' ELSE 'parked' END, min(${due})
         FROM bench_seed GROUP BY account_id
       ON CONFLICT DO NOTHING`,
      [providerId],
    );
    await client.query(
      `UPDATE wallets w SET held_micros = held_micros + s.messages * ${PRICE}
         FROM (SELECT account_id, count(*) AS messages FROM bench_seed GROUP BY account_id) s WHERE s.account_id = w.account_id`,
    );
  }

  private async park(count: number): Promise<void> {
    await this.client.query(
      `INSERT INTO report_inbox (id, provider_id, provider_message_id, status, intermediate, raw, received_at, tries, next_try_at)
       SELECT uuidv7(-interval '1 hour'), $1, 'lost-' || n, 'delivered', false, 'id:lost-' || n, now() - interval '1 hour', 7,
              now() + interval '1 hour' FROM generate_series(1, $2::int) n`,
      [this.providerId, count],
    );
  }
}
