import { NIL_ID } from '../../../src/kernel/ids.js';
import { ExpireUnreported } from '../../../src/modules/messages/reports/expire-unreported.js';
import { readEnv } from '../../../src/config/env.js';
import { LinkOpener } from '../../../src/modules/providers/connections/link-opener.js';
import { AskForStatuses } from '../../../src/modules/providers/polling/ask-for-statuses.js';
import { AskOverLinks } from '../../../src/modules/providers/polling/ask-over-links.js';
import type { OperatorConfig } from '../../../src/sandbox/operator-config.js';
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
  let stopOperator = () => Promise.resolve();
  let asking: AskForStatuses;

  afterEach(async () => {
    await stage.query('DELETE FROM status_polls');
    await stopOperator();
    stopOperator = () => Promise.resolve();
  });

  async function start(kind: CompanyKind): Promise<void> {
    const { dialect, secrets, settings } = companyOf(kind);
    operator = await HttpOperator.start(dialect);
    stopOperator = () => operator.stop();
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

  describe('although its operator over SMPP reports', () => {
    const asked = { statusQuery: true };
    let expiring: ExpireUnreported;
    let overLinks: AskOverLinks;

    /** Three parts each, sent, and the reports never left the operator; overdue since. */
    const unreported = async (config: Partial<OperatorConfig> = {}) => {
      const { database } = stage.db;
      await stage.query('DELETE FROM report_deadlines');
      await stage.query('UPDATE report_sweep SET hour = NULL, after_account = $1, after_attempt = $1', [NIL_ID]);
      await stage.query('UPDATE providers SET settings = $1', [JSON.stringify(asked)]);
      await stage.operatorWith({ reportDelay: { minMs: 0, maxMs: 0 }, suffixes: { '02': 'undelivered' }, ...config });
      await stage.operator.order({ reports: { paused: true } });
      stage.start(asked);
      await stage.queue({
        recipients: [DELIVERED, UNDELIVERED],
        validUntil: new Date(stage.clock.now().getTime() + 24 * 3_600_000),
        text: LONG,
      });
      await stage.inState('submitted', 2);
      const { clock, rig } = stage;
      expiring = new ExpireUnreported(database, clock, rig.mover);
      overLinks = new AskOverLinks(database, rig.connections, rig.rateGates, rig.inbox, clock);
      stage.clock.advance({ hours: 96 });
      expect(await overLinks.execute()).toEqual({ asked: 0, ended: 0 });
      expect(await expiring.execute()).toEqual({ expired: 0, listed: 2 });
      stage.clock.advance({ seconds: 10 });
    };

    /** Nothing was learnt: the deadline ends them, and nothing was sent again. */
    const expiresAsIs = async () => {
      expect(await stage.states()).toEqual({ submitted: 2 });
      stage.clock.advance({ hours: 1 });
      expect(await expiring.execute()).toEqual({ expired: 2, listed: 0 });
      expect(await stage.states()).toEqual({ expired: 2 });
      expect(stage.operator.stats()).toMatchObject({ received: 6, binds: 1, sessions: 1 });
      expect(stage.rig.connections.active()[0]!.provider.state().status).toBe('ready');
      expect(await violations(stage.db.database)).toEqual([]);
    };

    it('is asked over the link that is up, part by part, before the missing reports end it', async () => {
      await unreported();
      // Whoever has no link leaves it to whoever has one, and puts nothing off.
      const env = Object.assign(readEnv({}), { ALLOW_PRIVATE_ADDRESSES: true });
      const opener = new LinkOpener(stage.db.database, testVault(), env, stage.clock);
      asking = new AskForStatuses(stage.db.database, opener, stage.rig.inbox, stage.clock);
      expect(await asking.execute()).toEqual({ asked: 0, ended: 0 });
      const links = stage.rig.connections.links.splice(0);
      expect(await overLinks.execute()).toEqual({ asked: 0, ended: 0 });
      expect(await stage.query('SELECT DISTINCT asked FROM status_polls')).toEqual([{ asked: 0 }]);
      stage.rig.connections.links.push(...links);

      expect(await overLinks.execute()).toEqual({ asked: 6, ended: 6 });
      await stage.inState('delivered', 1);
      await stage.inState('undelivered', 1);
      expect(stage.operator.stats()).toMatchObject({ received: 6, queries: 6, binds: 1, reportsSent: 0 });
      stage.clock.advance({ hours: 1 });
      expect(await expiring.execute()).toEqual({ expired: 0, listed: 0 });
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('ends by its deadline when the operator does not know the question', async () => {
      await unreported();
      await stage.operator.order({ queries: 'blind_nack' });
      expect(await overLinks.execute()).toEqual({ asked: 1, ended: 0 });
      stage.clock.advance({ seconds: 30 });
      expect(await overLinks.execute()).toEqual({ asked: 1, ended: 0 });
      expect(stage.operator.stats().queries).toBe(1);
      await expiresAsIs();
    });

    it('ends by its deadline when the operator has forgotten it, and is not sent again', async () => {
      await unreported({ inboxLimit: 0 });
      expect(await overLinks.execute()).toEqual({ asked: 6, ended: 0 });
      expect(stage.operator.stats().queries).toBe(6);
      await expiresAsIs();
    });

    it('is not asked where it is not told to be', async () => {
      await unreported();
      await stage.query(`UPDATE providers SET settings = '{}'`);
      await stage.query('UPDATE report_sweep SET hour = NULL, after_account = $1, after_attempt = $1', [NIL_ID]);
      await stage.query('DELETE FROM report_deadlines');
      expect(await expiring.execute()).toEqual({ expired: 2, listed: 0 });
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
