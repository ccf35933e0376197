import { LANES } from '../../../src/modules/messages/domain/message.js';
import { NIL_ID } from '../../../src/kernel/ids.js';
import { violations } from '../../support/dispatch-audit.js';
import { LineClosed, providerGate } from '../../../src/modules/providers/index.js';
import { DispatchRig, openHttpLink, phones } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';
import { HttpOperator } from '../../support/http-operator.js';
import { until } from '../../support/until.js';

describe('leases of messages', () => {
  const stage = DispatchStage.forSpec({ leaseMs: 2_000 });
  let operator: HttpOperator;

  beforeEach(async () => {
    operator = await HttpOperator.start();
  });
  afterEach(() => operator.stop());

  /** Three messages on a line, one of them marked as written, by a process that then dies. */
  async function claimAndDie(): Promise<void> {
    const dead = new DispatchRig(stage.db.database, stage.clock, { leaseMs: 2_000 });
    const line = await dead.lines.open(stage.provider.id, dead.desk.worker, 2_000);
    const lane = LANES.indexOf('bulk');
    const { claimed } = await dead.claimBatch.execute({
      provider: await dead.providers.get(stage.provider.id),
      shares: [{ lane, accountId: stage.account.id, groupId: NIL_ID, pacedBy: 0, take: 10, floor: null }],
      line,
      pacedBy: 0,
    });
    expect(claimed.map(({ no }) => no)).toEqual([1, 2, 3]);
    await dead.rateGates.take([providerGate(stage.provider)], 1, new Date(), {
      lane: 'bulk',
      mark: { line, numbers: [claimed[0]!.no] },
    });
  }

  it('end with their line: what may have been written is unknown, the rest is queued again', async () => {
    await stage.queue({ recipients: phones(3) });
    await claimAndDie();
    expect(await stage.states()).toEqual({ queued: 2, submitting: 1 });
    expect(await stage.rig.keeper.recoverLapsed()).toBe(0);
    stage.clock.advance({ seconds: 3 });
    expect(await stage.rig.keeper.recoverLapsed()).toBe(3);
    expect(await stage.states()).toEqual({ queued: 2, unknown: 1 });
    expect(await violations(stage.db.database)).toEqual([]);
    expect(await stage.query('SELECT id FROM sending_lines')).toEqual([]);
    expect(await stage.query('SELECT state, error_code FROM attempts')).toEqual([
      { state: 'unknown', error_code: 'lease_lapsed' },
    ]);
    openHttpLink(stage.rig, operator.origin, stage.provider);
    stage.rig.start();
    await stage.inState('submitted', 2);
    expect(operator.seen).toHaveLength(2);
  });

  it('cannot be outlived by their line: once somebody closed it, nothing is written', async () => {
    await stage.queue({ recipients: phones(2) });
    const late = new DispatchRig(stage.db.database, stage.clock, { leaseMs: 2_000 });
    const line = await late.lines.open(stage.provider.id, late.desk.worker, 2_000);
    stage.clock.advance({ seconds: 3 });
    await stage.rig.keeper.recoverLapsed();
    const mark = { line, numbers: [1] };
    const book = late.rateGates.take([providerGate(stage.provider)], 1, new Date(), { lane: 'bulk', mark });
    await expect(book).rejects.toThrow(LineClosed);
    expect(await late.lines.renew(1e9)).toBe(1);
    expect(line.leaseUntil).toBe(0);
  });

  it('cannot be claimed for any more once their line is closed', async () => {
    await stage.queue({ recipients: phones(2) });
    const late = new DispatchRig(stage.db.database, stage.clock, { leaseMs: 2_000 });
    const line = await late.lines.open(stage.provider.id, late.desk.worker, 2_000);
    stage.clock.advance({ seconds: 3 });
    await stage.rig.keeper.recoverLapsed();
    const stream = { lane: LANES.indexOf('bulk'), accountId: stage.account.id, groupId: NIL_ID, pacedBy: 0 };
    const share = { ...stream, take: 10, floor: null };
    const provider = await late.providers.get(stage.provider.id);
    expect(await late.claimBatch.execute({ provider, shares: [share], line, pacedBy: 0 })).toMatchObject({
      claimed: [],
    });
    expect(await stage.query('SELECT FROM message_queue WHERE claimed_by IS NOT NULL')).toEqual([]);
  });

  it('show what stands under a line and nobody knows of, when the line is changed', async () => {
    const rig = new DispatchRig(stage.db.database, stage.clock, { lineMs: 300, housekeepingMs: 50, pollMs: 50 });
    openHttpLink(rig, operator.origin, stage.provider);
    rig.start();
    try {
      await stage.queue({ recipients: phones(1) });
      await stage.inState('submitted', 1);
      const { forgotten } = await forgetUnder(rig.desk.worker);
      await stage.inState('unknown', 1);
      await stage.inState('submitted', 2);
      expect(operator.seen.map(({ body }) => body)).toHaveLength(2);
      expect(await stage.query('SELECT message_id FROM unknown_outcomes')).toEqual([{ message_id: forgotten }]);
      expect(await violations(stage.db.database)).toEqual([]);
    } finally {
      await rig.stop();
    }
  });

  /** What a mistake would leave: one message below the mark, one above it, both on the worker's line and on nobody's mind. */
  async function forgetUnder(worker: string): Promise<{ forgotten: string }> {
    const now = stage.clock.now();
    const dueAt = new Date(now.getTime() + 1_000);
    const [below, above] = await stage.queue({ recipients: phones(2, 306_940_000_010), dueAt });
    await stage.query(
      `UPDATE message_queue q SET claimed_by = l.id, claimed_at = $2, attempt_id = gen_random_uuid(),
              fence = CASE message_id WHEN $3 THEN l.mark ELSE l.mark + 1000 END
         FROM sending_lines l WHERE l.worker = $1 AND q.message_id IN ($3, $4)`,
      [worker, now, below, above],
    );
    stage.clock.advance({ seconds: 2 });
    return { forgotten: below! };
  }

  it('do not end for what we wait for, however the clock is moved', async () => {
    operator.faults.push({ action: 'answer_late', delayMs: 1_000 });
    await stage.queue({ recipients: phones(1) });
    openHttpLink(stage.rig, operator.origin, stage.provider);
    stage.rig.start();
    await until('it is on its way', () => operator.seen.length === 1);
    stage.clock.advance({ hours: 1 });
    await stage.inState('submitted', 1);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('are renewed for an answer that takes longer than one', async () => {
    operator.faults.push({ action: 'answer_late', delayMs: 3_500 });
    await stage.queue({ recipients: phones(1) });
    openHttpLink(stage.rig, operator.origin, stage.provider);
    stage.rig.start();
    await until('it is on its way', () => operator.seen.length === 1);
    const began = performance.now();
    const tick = setInterval(() => stage.clock.set(new Date(Date.UTC(2026, 2, 2, 12) + performance.now() - began)), 20);
    await stage.inState('submitted', 1).finally(() => clearInterval(tick));
    expect(operator.inbox(phones(1)[0]!)).toHaveLength(1);
    expect(await violations(stage.db.database)).toEqual([]);
  });
});
