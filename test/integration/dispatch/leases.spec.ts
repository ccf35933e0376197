import { LANES } from '../../../src/modules/messages/domain/message.js';
import { NIL_ID } from '../../../src/kernel/ids.js';
import { violations } from '../../support/dispatch-audit.js';
import { openHttpLink, phones } from '../../support/dispatch-rig.js';
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

  /** As when the connection breaks after the commit: the rows say that they are being written, and no process knows. */
  async function claimUnheard(): Promise<void> {
    const { rig, account } = stage;
    const link = openHttpLink(rig, operator.origin, stage.provider);
    const lane = LANES.indexOf('bulk');
    const { begun } = await rig.claimBatch.execute({
      provider: await rig.providers.get(stage.provider.id),
      capabilities: link.capabilities,
      lane: 'bulk',
      shares: [{ lane, accountId: account.id, groupId: NIL_ID, take: 10, floor: null }],
      room: 10,
      windowIsEmpty: true,
      worker: rig.desk.worker,
      link: 'lost',
      takeSlots: (count) => Promise.resolve(Array.from({ length: count }, () => stage.clock.now())),
    });
    expect(begun).toHaveLength(3);
  }

  it('end also for what stands in our own name and we know nothing of', async () => {
    await stage.queue({ recipients: phones(3) });
    await claimUnheard();
    stage.rig.start();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await stage.states()).toEqual({ submitting: 3 });
    stage.clock.advance({ seconds: 3 });
    await stage.inState('unknown', 3);
    expect(await violations(stage.db.database)).toEqual([]);
  });

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
