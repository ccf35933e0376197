import { violations } from '../../support/dispatch-audit.js';
import { DispatchRig, openSmppLink, phones, seedAccount } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';
import { type OperatorProcess, startOperatorProcess } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

const RATE = 40;
const SECONDS = 4;

describe('the rate of an account', () => {
  const stage = DispatchStage.forSpec();

  const limit = (perSecond: number) =>
    stage.query('UPDATE accounts SET rate_per_second = $2 WHERE id = $1', [stage.account.id, perSecond]);
  const arrived = (prefix: string) => stage.operator.inbox(null).filter(({ to }) => to.startsWith(prefix)).length;

  describe('at an operator in a process of its own', () => {
    let operator: OperatorProcess;

    beforeAll(async () => {
      operator = await startOperatorProcess({ reportDelay: { minMs: 600_000, maxMs: 600_000 } });
    });
    afterAll(() => operator.stop());

    it('is kept over all workers and links, and used', async () => {
      await limit(RATE);
      await stage.queue({ recipients: phones(RATE * (SECONDS + 3)) });
      const second = new DispatchRig(stage.db.database, stage.clock, { pollMs: 50, housekeepingMs: 100 });
      openSmppLink(stage.rig, operator.port, stage.provider);
      openSmppLink(second, operator.port, stage.provider, {}, 2);
      const received = async () => (await operator.stats()).received;
      try {
        stage.rig.start();
        second.start();
        await until('it flows', async () => (await received()) >= RATE / 2, 15_000);
        const before = await received();
        const began = performance.now();
        await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
        const rate = ((await received()) - before) / ((performance.now() - began) / 1_000);
        expect((await operator.stats()).maxPerSlidingSecond).toBeLessThanOrEqual(RATE);
        expect(rate).toBeGreaterThanOrEqual(0.4 * RATE);
      } finally {
        await second.stop();
      }
      expect(await violations(stage.db.database)).toEqual([]);
    }, 40_000);
  });

  it('makes nobody else wait', async () => {
    await limit(5);
    const other = await seedAccount(stage.db.database, { now: stage.clock.now() });
    await stage.queue({ recipients: phones(100) });
    stage.start();
    await until('it flows', () => arrived('306900') >= 2);
    await stage.queue({ account: other, recipients: phones(300, 306_911_111_111) });
    stage.rig.hints.queued([stage.provider.id]);
    await until('the other is through', () => arrived('306911') === 300);
    expect(arrived('306900')).toBeLessThan(40);
  });

  it('may be lifted while messages wait for it', async () => {
    await limit(2);
    await stage.queue({ recipients: phones(60) });
    stage.start();
    await until('it flows', () => arrived('306900') >= 1);
    await stage.query('UPDATE accounts SET rate_per_second = NULL WHERE id = $1', [stage.account.id]);
    stage.rig.accounts.forget(stage.account.id);
    await until('all are through', () => arrived('306900') === 60, 15_000);
    expect(await violations(stage.db.database)).toEqual([]);
  }, 30_000);
});
