import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an entry says, in an order and spelling that never change: its link is a hash over this and the link before it. */
const CONTENT = `convert_to(json_build_array(
  e.account_id, e.wallet_id, e.wallet_seq, e.id, e.kind, e.idempotency_key, e.subject_kind, e.subject_id, e.item_count,
  e.details, (extract(epoch FROM e.created_at) * 1000000)::bigint, w.currency, l.available, l.held, l.counter, l.credit_limit)::text, 'UTF8')`;

/**
 * The entries of a wallet become a chain: each carries a hash over itself and over the link of the one before it, and the wallet the last
 * link. A past that was changed by hand no longer fits what follows it.
 */
export class ChainEntries1764000002480 implements MigrationInterface {
  name = 'ChainEntries1764000002480';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION chain_link(link bytea, head bytea, content bytea) RETURNS bytea
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      RETURN sha256(COALESCE(link, head) || content)`);
    // Over a window, ordered: the link of every row, from the head of its partition on.
    await runner.query(`CREATE AGGREGATE chain(head bytea, content bytea) (SFUNC = chain_link, STYPE = bytea)`);
    await runner.query(`ALTER TABLE ledger_entries ADD COLUMN link bytea`);
    await runner.query(`ALTER TABLE wallets ADD COLUMN last_link bytea NOT NULL DEFAULT ''::bytea`);
    await runner.query(`
      UPDATE ledger_entries t SET link = c.link
      FROM (
        SELECT e.account_id, e.id,
               chain(''::bytea, ${CONTENT}) OVER (PARTITION BY e.account_id, e.wallet_id ORDER BY e.wallet_seq) AS link
        FROM ledger_entries e
        JOIN wallets w ON w.account_id = e.account_id AND w.id = e.wallet_id
        CROSS JOIN LATERAL (
          SELECT COALESCE(sum(p.amount_micros) FILTER (WHERE p.ledger_account = 'available'), 0)::bigint AS available,
                 COALESCE(sum(p.amount_micros) FILTER (WHERE p.ledger_account = 'held'), 0)::bigint AS held,
                 max(p.ledger_account) FILTER (WHERE p.wallet_id IS NULL) AS counter,
                 max(p.credit_limit_micros) AS credit_limit
          FROM postings p WHERE p.account_id = e.account_id AND p.entry_id = e.id) l) c
      WHERE t.account_id = c.account_id AND t.id = c.id`);
    await runner.query(`
      UPDATE wallets w SET last_link = e.link
      FROM ledger_entries e
      WHERE e.account_id = w.account_id AND e.wallet_id = w.id AND e.wallet_seq = w.last_seq`);
    await runner.query(`
      ALTER TABLE ledger_entries
        ALTER COLUMN link SET NOT NULL,
        ADD CONSTRAINT ledger_entries_link_length CHECK (octet_length(link) = 32)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE ledger_entries DROP COLUMN link`);
    await runner.query(`ALTER TABLE wallets DROP COLUMN last_link`);
    await runner.query(`DROP AGGREGATE chain(bytea, bytea)`);
    await runner.query(`DROP FUNCTION chain_link(bytea, bytea, bytea)`);
  }
}
