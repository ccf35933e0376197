import { newId, NIL_ID } from '../../../src/kernel/ids.js';
import { CLAIM_QUEUED } from '../../../src/modules/messages/persistence/sql/claim-queued.js';
import { MATCH_PARTS } from '../../../src/modules/messages/persistence/sql/match-parts.js';
import { openStreams } from '../../../src/modules/messages/persistence/sql/open-streams.js';
import { phones } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

describe('claiming', () => {
  const stage = DispatchStage.forSpec();

  const explain = async (text: string, values: readonly unknown[]): Promise<Plan> => {
    const rollBack = new Error('only to look');
    let plan: Plan | undefined;
    await stage.db.database
      .transaction(async (tx) => {
        const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
          values,
        );
        plan = row!['QUERY PLAN'][0].Plan;
        throw rollBack;
      })
      .catch((error: unknown) => {
        if (error !== rollBack) throw error;
      });
    return plan!;
  };

  const claim = (lineId: string) => [
    stage.provider.id,
    [2],
    [stage.account.id],
    [NIL_ID],
    [50],
    new Date(stage.clock.now().getTime() + 1_000),
    ['-infinity'],
    [NIL_ID],
    lineId,
    0,
    newId().slice(0, 24),
    1_000,
    [0],
  ];

  /** Rows as accept would write them, without their money, which no plan looks at. */
  const grow = (count: number) =>
    stage.query(
      `WITH m AS (
         INSERT INTO messages (account_id, id, source, lane, recipient, sender, body, encoding, parts, price_micros, currency, charge_on,
                               refund_undelivered, wallet_id, charge_state, state, provider_id, delivery_policy, window_action,
                               due_at, valid_until, created_at, state_at)
         SELECT $1, gen_random_uuid(), 'api', 'bulk', '306900000000', 'Kabinet', 'x', 'gsm7', 1, 0, 'EUR', 'submit', false, $2, 'held',
                'queued', $3, 'at_most_once', 'wait', $4, $4::timestamptz + interval '1 day', $4, $4
           FROM generate_series(1, $5::int)
         RETURNING id)
       INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until)
       SELECT $1, id, $3, 2, $6, $4, $4::timestamptz + interval '1 day' FROM m`,
      [stage.account.id, stage.account.walletId, stage.provider.id, stage.clock.now(), count, NIL_ID],
    );

  it('costs the same however long the queue is, also with statistics of an empty table', async () => {
    await stage.query('ALTER TABLE message_queue SET (autovacuum_enabled = off)');
    await stage.query('ALTER TABLE messages_default SET (autovacuum_enabled = off)');
    try {
      await stage.query('ANALYZE message_queue, messages, messages_default, message_groups, attempt_parts');
      const { id: lineId } = await stage.rig.lines.open(stage.provider.id, stage.rig.desk.worker, 60_000);
      await grow(1_000);
      const small = await explain(CLAIM_QUEUED.text, claim(lineId));
      await grow(20_000);
      const large = await explain(CLAIM_QUEUED.text, claim(lineId));
      expect(large['Actual Rows']).toBe(50);
      const scans = nodes(large).filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Rows'] > 50);
      expect(scans).toEqual([]);
      expect(nodes(large).map((node) => node['Index Name'])).toContain('message_queue_claim');
      const blocks = (plan: Plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
      expect(blocks(large)).toBeLessThan(2 * blocks(small) + 200);
    } finally {
      await stage.query('ALTER TABLE message_queue RESET (autovacuum_enabled)');
      await stage.query('ALTER TABLE messages_default RESET (autovacuum_enabled)');
    }
  }, 60_000);

  it('finds the parts of reports by their ids, also with statistics of an empty table', async () => {
    await stage.query('ANALYZE attempt_parts, attempt_parts_default');
    await stage.query(
      `INSERT INTO attempt_parts (account_id, attempt_id, part_no, message_id, provider_id, provider_message_id, state, state_at)
       SELECT $1, gen_random_uuid(), 1, gen_random_uuid(), $2, n::text, 'submitted', $3 FROM generate_series(1, 50000) n`,
      [stage.account.id, stage.provider.id, stage.clock.now()],
    );
    const ids = Array.from({ length: 500 }, (_, index) => String(1 + index * 97));
    const plan = await explain(MATCH_PARTS.text, [ids, ids.map(() => stage.provider.id), NIL_ID]);
    expect(plan['Actual Rows']).toBe(500);
    expect(nodes(plan).filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([]);
  }, 60_000);

  it('does not put a stream away while somebody is queueing on it', async () => {
    const [id] = await stage.queue({ recipients: phones(1) });
    await stage.query('DELETE FROM message_queue');
    await stage.query(`UPDATE messages SET state = 'cancelled', charge_state = 'released' WHERE id = $1`, [id]);
    const stream = { providerId: stage.provider.id, lane: 2, accountId: stage.account.id, groupId: NIL_ID, pacedBy: 0 };
    const { database } = stage.db;
    await database.transaction(async (accept) => {
      await openStreams(accept, [{ ...stream, readyAt: stage.clock.now() }], stage.clock.now());
      await stage.rig.keeper.putStreamsAway([stream]);
      await accept.query(
        `INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until) VALUES ($1, $2, $3, 2, $4, $5, $5)`,
        [stage.account.id, newId(), stage.provider.id, NIL_ID, stage.clock.now()],
      );
    });
    expect(await stage.query('SELECT state FROM message_streams')).toEqual([{ state: 'open' }]);
    await stage.query('DELETE FROM message_queue');
    await stage.rig.keeper.putStreamsAway([stream]);
    expect(await stage.query('SELECT state FROM message_streams')).toEqual([]);
  });
});
