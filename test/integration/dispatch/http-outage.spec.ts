import { EventEmitter, once } from 'node:events';
import type { HttpProvider } from '../../../src/modules/providers/http/http-provider.js';
import { violations } from '../../support/dispatch-audit.js';
import { openHttpLink, phones } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';
import { HttpOperator, type HttpFault } from '../../support/http-operator.js';
import { until } from '../../support/until.js';

/** Of the default limits, less the one that is kept for one-time codes. */
const BULK_WINDOW = 15;
/** Numbers that the operator does not refuse. */
const WAITING = phones(40, 306_910_000_010);
const FIRST = phones(BULK_WINDOW, 306_920_000_010);
const CODE = '306930000010';

/** One worker and one provider with the default limits, which goes wrong and then answers again. Nothing is restarted. */
describe('a provider over HTTP that was out', () => {
  const stage = DispatchStage.forSpec();
  let operator: HttpOperator;
  let link: HttpProvider;

  beforeEach(async () => {
    operator = await HttpOperator.start();
  });
  afterEach(() => operator.stop());

  function start(limits: Record<string, number> = {}): void {
    link = openHttpLink(stage.rig, operator.origin, stage.provider, limits);
    stage.rig.start();
  }

  const always = (fault: HttpFault, times: number) => void operator.faults.push(...Array<HttpFault>(times).fill(fault));
  const isOut = (status: string) => until(`it is ${status}`, () => link.state().status === status);

  /** Each of them was sent once. */
  async function expectSent(recipients: readonly string[], submitted = recipients.length): Promise<void> {
    await stage.inState('submitted', submitted);
    for (const to of recipients) expect(operator.inbox(to)).toHaveLength(1);
    expect(await violations(stage.db.database)).toEqual([]);
    expect(link.state()).toMatchObject({ status: 'ready', inFlight: 0, window: 16 });
  }

  it.each<[string, HttpFault, number, string]>([
    ['redirected', { action: 'status', status: 302, headers: { location: '/elsewhere' } }, 1, 'connecting'],
    ['said that there is no credit', { action: 'refuse', code: '9' }, 1, 'connecting'],
    ['asked to be left alone', { action: 'throttle' }, 1, 'throttled'],
    ['asked to be left alone for a second', { action: 'throttle', retryAfterSeconds: 1 }, 1, 'throttled'],
  ])('sends all that is queued after it %s', async (_what, fault, times, status) => {
    always(fault, times);
    start();
    await stage.queue({ recipients: FIRST.slice(0, 1) });
    await isOut(status);
    await stage.queue({ recipients: WAITING });
    await expectSent([...FIRST.slice(0, 1), ...WAITING]);
  });

  it('sends all that is queued after it refused connections', async () => {
    await operator.goAway();
    start();
    await stage.queue({ recipients: WAITING });
    await isOut('connecting');
    await operator.comeBack();
    await expectSent(WAITING);
  });

  it('sends all that is queued after unknown answers in a row, and costs none of it an unknown of its own', async () => {
    always({ action: 'status', status: 500 }, 5);
    start();
    await stage.queue({ recipients: FIRST.slice(0, 5) });
    await isOut('connecting');
    await stage.queue({ recipients: WAITING });
    await expectSent(WAITING);
    expect(await stage.states()).toEqual({ unknown: 5, submitted: WAITING.length });
  });

  it('sends all that is queued after every slot was taken by requests that were never answered', async () => {
    always({ action: 'never_answer' }, BULK_WINDOW);
    start({ timeoutMs: 700 });
    await stage.queue({ recipients: FIRST });
    await until('every slot is taken', () => operator.seen.length === BULK_WINDOW);
    await stage.queue({ recipients: WAITING });
    await isOut('connecting');
    await expectSent(WAITING);
  });

  it('sends all that is queued after it went out again while it was being probed', async () => {
    always({ action: 'status', status: 302 }, 3);
    start({ retryMaxMs: 500 });
    await stage.queue({ recipients: WAITING });
    await until('it was probed twice', () => operator.seen.length >= 3);
    await expectSent(WAITING);
  });

  it('lets a one-time code past bulk that has taken all slots but the kept one', async () => {
    always({ action: 'answer_late', delayMs: 1_500 }, BULK_WINDOW);
    start();
    await stage.queue({ recipients: WAITING });
    await until('bulk has what it may have', () => operator.seen.length === BULK_WINDOW);
    await stage.queue({ recipients: [CODE], lane: 'otp' });
    await until('the code is there', () => operator.inbox(CODE).length === 1, 1_000);
    // It is there before we hear that it is.
    expect(link.state().inFlight).toBeGreaterThanOrEqual(BULK_WINDOW);
    await expectSent([...WAITING, CODE]);
  });

  it('sends a one-time code next when it comes while bulk is the probe', async () => {
    always({ action: 'status', status: 302 }, 1);
    const probed = new EventEmitter();
    always({ action: 'answer_when', told: once(probed, 'answer') }, 1);
    start();
    await stage.queue({ recipients: WAITING.slice(0, 1) });
    await isOut('connecting');
    await stage.queue({ recipients: WAITING.slice(1) });
    await until('it is probed', () => operator.seen.length === 2);
    expect(link.state()).toMatchObject({ inFlight: 1, window: 1 });
    const [code] = await stage.queue({ recipients: [CODE], lane: 'otp' });
    await until('the code is claimed', async () => {
      const claimed = 'SELECT FROM message_queue WHERE message_id = $1 AND claimed_by IS NOT NULL';
      return (await stage.query(claimed, [code])).length === 1;
    });
    probed.emit('answer');
    await expectSent([...WAITING, CODE]);
    expect(operator.seen[2]!.body).toContain(CODE);
  });
});
