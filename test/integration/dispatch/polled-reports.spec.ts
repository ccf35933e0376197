import { NIL_ID } from '../../../src/kernel/ids.js';
import { ExpireUnreported } from '../../../src/modules/messages/reports/expire-unreported.js';
import { readEnv } from '../../../src/config/env.js';
import { LinkOpener } from '../../../src/modules/providers/connections/link-opener.js';
import { AskForStatuses } from '../../../src/modules/providers/polling/ask-for-statuses.js';
import { type CompanyKind, companyOf } from '../../support/companies/companies.js';
import { violations } from '../../support/dispatch-audit.js';
import { phones } from '../../support/dispatch-rig.js';
import { DispatchStage, LONG, PRICE } from '../../support/dispatch-stage.js';
import { HttpOperator } from '../../support/http-operator.js';
import { testVault } from '../../support/link-rig.js';
import { until } from '../../support/until.js';

const [DELIVERED, UNDELIVERED] = ['306910000001', '306910000002'];

/** One worker and a provider of a known company that never reports: what it did is asked for, and ends the messages. */
describe('a message over a provider that does not report', () => {
  const stage = DispatchStage.forSpec();
  let operator: HttpOperator;
  let asking: AskForStatuses;

  afterEach(async () => {
    await stage.query('DELETE FROM status_polls');
    await operator.stop();
  });

  async function start(kind: CompanyKind): Promise<void> {
    const { dialect, secrets, settings } = companyOf(kind);
    operator = await HttpOperator.start(dialect);
    const { id } = stage.provider;
    const given = { ...settings, baseUrl: operator.origin, limits: { timeoutMs: 400 } };
    const sealed = testVault().seal(id, { credentials: secrets, callbackToken: null });
    await stage.query('UPDATE providers SET kind = $2, settings = $3, credentials = $4 WHERE id = $1', [
      id,
      kind,
      JSON.stringify(given),
      JSON.stringify(sealed),
    ]);
    const env = Object.assign(readEnv({}), { ALLOW_PRIVATE_ADDRESSES: true });
    const opener = new LinkOpener(stage.db.database, testVault(), env, stage.clock);
    asking = new AskForStatuses(stage.db.database, opener, stage.rig.inbox, stage.clock);
    stage.rig.connections.open(stage.provider, (await opener.open(id, kind)).provider);
    stage.rig.start();
  }

  it.each(['intis', 'smsc'] as const)('such as %s is ended by what it answers', async (kind) => {
    await start(kind);
    await stage.queue({ recipients: [DELIVERED, UNDELIVERED] });
    await stage.inState('submitted', 2);
    stage.clock.advance({ seconds: 10 });
    expect(await asking.execute()).toEqual({ asked: 2, ended: 2 });
    await stage.inState('delivered', 1);
    await stage.inState('undelivered', 1);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('shares requests with others of its text, each paced and settled by itself', async () => {
    await stage.rate(40);
    await start('intis');
    const recipients = phones(40, 306_910_000_010);
    operator.faults.push({ action: 'answer_late', delayMs: 300 });
    await stage.queue({ recipients });
    await stage.inState('submitted', 40);
    const sent = operator.seen.map(({ url, atMs }) => ({
      atMs,
      numbers: new URL(url, 'http://x').searchParams.get('phone')!.split(','),
    }));
    expect(sent.flatMap(({ numbers }) => numbers).sort()).toEqual(recipients);
    expect(sent.length).toBeLessThan(40);
    // The peer counts messages. A request may bring at once those whose slots came while it gathered, a tenth of a second of them.
    for (const { atMs } of sent) {
      const within = sent.filter((other) => other.atMs >= atMs && other.atMs < atMs + 900);
      expect(within.reduce((sum, { numbers }) => sum + numbers.length, 0)).toBeLessThanOrEqual(40);
    }
    expect(await stage.query('SELECT DISTINCT provider_message_id FROM attempt_parts')).toHaveLength(40);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('is unknown with those that shared its request, and with nobody else, when that is never answered', async () => {
    await start('intis');
    await stage.queue({ recipients: phones(1) });
    operator.faults.push({ action: 'answer_late', delayMs: 250 });
    await until('it is on its way', () => operator.seen.length === 1);
    operator.faults.push({ action: 'never_answer' });
    await stage.queue({ recipients: phones(6, 306_920_000_010) });
    await until('the others are, too', () => operator.seen.length === 2);
    const lost = new URL(operator.seen[1]!.url, 'http://x').searchParams.get('phone')!.split(',');
    await stage.inState('unknown', lost.length);
    await stage.inState('submitted', 7 - lost.length);
    expect(lost.length).toBeGreaterThan(1);
    expect(await stage.wallet()).toMatchObject({ heldMicros: BigInt(lost.length) * PRICE });
    const told = operator.seen.flatMap(({ url }) => new URL(url, 'http://x').searchParams.get('phone')!.split(','));
    expect(new Set(told).size).toBe(told.length);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  describe('although it reports', () => {
    const hours = (count: number) => new Date(stage.clock.now().getTime() + count * 3_600_000);
    let expiring: ExpireUnreported;

    /** Sent, and never reported: this provider was given no address for its reports. */
    const unreported = async (kind: CompanyKind) => {
      await stage.query('DELETE FROM report_deadlines');
      await stage.query('UPDATE report_sweep SET hour = NULL, after_account = $1, after_attempt = $1', [NIL_ID]);
      await start(kind);
      await stage.queue({ recipients: [DELIVERED, UNDELIVERED], validUntil: hours(24), text: LONG });
      await stage.inState('submitted', 2);
      expiring = new ExpireUnreported(stage.db.database, stage.clock, stage.rig.mover);
      stage.clock.advance({ hours: 96 });
      expect(await asking.execute()).toEqual({ asked: 0, ended: 0 });
      expect(await expiring.execute()).toEqual({ expired: 0, listed: 2 });
      stage.clock.advance({ seconds: 10 });
    };

    it.each(['twilio', 'smsapi'] as const)('at %s is asked about before its missing report ends it', async (kind) => {
      await unreported(kind);
      expect(await asking.execute()).toEqual({ asked: 2, ended: 2 });
      await stage.inState('delivered', 1);
      await stage.inState('undelivered', 1);
      stage.clock.advance({ hours: 1 });
      expect(await expiring.execute()).toEqual({ expired: 0, listed: 0 });
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('ends when nothing is answered within an hour', async () => {
      await unreported('twilio');
      await operator.goAway();
      expect(await asking.execute()).toEqual({ asked: 2, ended: 0 });
      stage.clock.advance({ hours: 1 });
      expect(await expiring.execute()).toEqual({ expired: 2, listed: 0 });
      expect(await stage.states()).toEqual({ expired: 2 });
      expect(await violations(stage.db.database)).toEqual([]);
    });
  });

  // Infobip reports, and is asked only about what nobody knows: the report may be as lost as the answer.
  it.each(['smsc', 'infobip'] as const)(
    'of %s is found by our reference when the answer to the send was lost, and not sent again',
    async (kind) => {
      await start(kind);
      operator.faults.push({ action: 'never_answer', reported: true });
      await stage.queue({ recipients: [DELIVERED] });
      await stage.inState('unknown', 1);
      await stage.queue({ recipients: [UNDELIVERED] });
      await stage.inState('submitted', 1);
      stage.clock.advance({ seconds: 10 });
      const asked = kind === 'smsc' ? 2 : 1;
      expect(await asking.execute()).toEqual({ asked, ended: asked });
      await stage.inState('delivered', 1);
      expect(operator.inbox(DELIVERED)).toHaveLength(1);
      expect(await violations(stage.db.database)).toEqual([]);
    },
  );
});
