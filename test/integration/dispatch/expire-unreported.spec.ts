import { lowestIdAt, newId, NIL_ID } from '../../../src/kernel/ids.js';
import { NEXT_ATTEMPTS } from '../../../src/modules/messages/persistence/sql/report-deadlines.js';
import { ExpireUnreported } from '../../../src/modules/messages/reports/expire-unreported.js';
import { violations } from '../../support/dispatch-audit.js';
import { openSmppLink, phones, seedProvider } from '../../support/dispatch-rig.js';
import { DispatchStage, FUNDS, LONG, PRICE } from '../../support/dispatch-stage.js';

const DAY_MS = 86_400_000;

describe('a message whose report never comes', () => {
  const stage = DispatchStage.forSpec();
  let expiring: ExpireUnreported;

  beforeEach(async () => {
    await stage.query('DELETE FROM report_deadlines');
    await stage.query('UPDATE report_sweep SET hour = NULL, after_account = $1, after_attempt = $1', [NIL_ID]);
    expiring = new ExpireUnreported(stage.db.database, stage.clock, stage.rig.mover);
  });

  const days = (count: number) => new Date(stage.clock.now().getTime() + count * DAY_MS);
  /** Over a real link, to an operator that reports nothing. */
  const submit = async (seed: Parameters<typeof stage.queue>[0], expected: number): Promise<string[]> => {
    const ids = await stage.queue(seed);
    if (stage.rig.connections.active().length === 0) {
      openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider);
      stage.rig.dispatcher.start();
    }
    await stage.inState('submitted', expected);
    return ids;
  };
  const message = async (id: string) =>
    (await stage.query('SELECT state, reason, charge_state AS charge FROM messages WHERE id = $1', [id]))[0];
  const clean = async () => expect(await violations(stage.db.database)).toEqual([]);

  it('expires when its validity and the grace are over, within the hour and not before', async () => {
    const [id] = await submit({ recipients: phones(1), validUntil: days(1) }, 1);
    stage.clock.advance({ hours: 95 });
    await expiring.execute();
    expect(await message(id!)).toMatchObject({ state: 'submitted' });
    stage.clock.advance({ hours: 1 });
    expect(await expiring.execute()).toEqual({ expired: 1, listed: 0 });
    expect(await message(id!)).toEqual({ state: 'expired', reason: 'deadline', charge: 'captured' });
    await clean();
  });

  it.each([
    ['charged on submit', { chargeOn: 'submit', refundUndelivered: false }, 'captured', FUNDS - PRICE],
    ['charged on submit and refunded', { chargeOn: 'submit', refundUndelivered: true }, 'refunded', FUNDS],
    ['charged on delivery', { chargeOn: 'delivery', refundUndelivered: false }, 'released', FUNDS],
  ] as const)('costs what an expired message costs: %s', async (_policy, policy, charge, availableMicros) => {
    const [id] = await submit({ recipients: phones(1), validUntil: days(1), ...policy }, 1);
    stage.clock.advance({ hours: 97 });
    await expiring.execute();
    expect(await message(id!)).toMatchObject({ state: 'expired', charge });
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros });
    await clean();
  });

  it('waits as long as its provider may take, and others with less patience do not', async () => {
    const patient = await seedProvider(stage.db.database);
    await stage.query('UPDATE providers SET report_grace_hours = 168 WHERE id = $1', [patient.id]);
    await stage.query('UPDATE providers SET report_grace_hours = 2 WHERE id = $1', [stage.provider.id]);
    openSmppLink(stage.rig, stage.operator.ports.smpp, patient);
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider);
    stage.rig.dispatcher.start();
    const [quick] = await submit({ recipients: phones(1), validUntil: days(1) }, 1);
    const other = { recipients: phones(1, 306_910_000_000), providerId: patient.id };
    const [slow] = await submit({ ...other, validUntil: days(1) }, 2);
    stage.clock.advance({ hours: 27 });
    await expiring.execute();
    expect([await message(quick!), await message(slow!)]).toMatchObject([{ state: 'expired' }, { state: 'submitted' }]);
    stage.clock.advance({ hours: 164 });
    await expiring.execute();
    expect(await message(slow!)).toMatchObject({ state: 'submitted' });
    stage.clock.advance({ hours: 1 });
    await expiring.execute();
    expect(await message(slow!)).toMatchObject({ state: 'expired', reason: 'deadline' });
    await clean();
  });

  it('leaves alone what was reported, and what is valid for longer until that is over', async () => {
    const [done, long] = [
      ...(await submit({ recipients: phones(1), validUntil: days(1) }, 1)),
      ...(await submit({ recipients: phones(1, 306_910_000_000), validUntil: days(6) }, 2)),
    ];
    const [part] = await stage.query<{ id: string }>(
      'SELECT provider_message_id AS id FROM attempt_parts WHERE message_id = $1',
      [done],
    );
    await report(part!.id, 'delivered');
    stage.clock.advance({ hours: 97 });
    expect(await expiring.execute()).toEqual({ expired: 0, listed: 1 });
    expect([await message(done!), await message(long!)]).toMatchObject([
      { state: 'delivered' },
      { state: 'submitted' },
    ]);
    stage.clock.advance({ hours: 5 * 24 });
    expect(await expiring.execute()).toEqual({ expired: 1, listed: 0 });
    expect(await message(long!)).toMatchObject({ state: 'expired' });
    expect(await stage.query('SELECT FROM report_deadlines')).toEqual([]);
    await clean();
  });

  const report = async (providerMessageId: string, status: 'delivered' | 'undelivered') => {
    const fact = { status, intermediate: false, errorCode: null, doneAt: null, raw: 'as it came' };
    const from = { providerId: stage.provider.id, providerMessageId, receivedAt: stage.clock.now() };
    await stage.rig.inbox.append([{ ...fact, ...from }], stage.clock.now());
    await stage.rig.reports.execute();
  };

  it('is delivered by a report that comes even later, without being charged; another report changes nothing', async () => {
    const policy = { chargeOn: 'delivery', validUntil: days(1), text: LONG } as const;
    const [one, other] = await submit({ recipients: phones(2), ...policy }, 2);
    stage.clock.advance({ hours: 97 });
    expect(await expiring.execute()).toEqual({ expired: 2, listed: 0 });
    const parts = await stage.query<{ id: string; messageId: string }>(
      'SELECT provider_message_id AS id, message_id AS "messageId" FROM attempt_parts',
    );
    for (const { id, messageId } of parts) await report(id, messageId === one ? 'delivered' : 'undelivered');
    expect(await message(one!)).toMatchObject({ state: 'delivered', charge: 'released' });
    expect(await message(other!)).toMatchObject({ state: 'expired', charge: 'released' });
    const outcomes = await stage.query('SELECT message_id = $1 AS mine, outcome FROM delivery_reports GROUP BY 1, 2', [
      one,
    ]);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        { mine: true, outcome: 'applied' },
        { mine: false, outcome: 'contradicting' },
      ]),
    );
    await clean();
  });

  it('is found without reading more than the attempts of its hour, each of them once', async () => {
    const hours = 60;
    const start = stage.clock.now();
    const at = (hour: number) => new Date(start.getTime() + hour * 3_600_000);
    const accounts = Array.from({ length: 20 }, () => newId());
    await stage.query(
      `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, created_at, updated_at)
       SELECT id, 'customer', 'x', 'GR', 'EUR', 'Europe/Athens', 'x', now(), now() FROM unnest($1::uuid[]) AS a (id)`,
      [accounts],
    );
    for (let hour = 0; hour < hours; hour++)
      await stage.query(
        `INSERT INTO attempts (account_id, id, message_id, attempt_no, provider_id, client_reference, worker, state, started_at)
         SELECT a, overlay($2::text placing lpad(to_hex(n), 12, '0') from 25)::uuid, a, 1, $3, '', a, 'submitted', $4
           FROM unnest($1::uuid[]) AS a, generate_series(1, 25) AS n`,
        [accounts, lowestIdAt(at(hour)), stage.provider.id, at(hour)],
      );
    await stage.query('ANALYZE attempts');
    const values = [lowestIdAt(at(30)), lowestIdAt(at(31)), NIL_ID, NIL_ID, 1_000].map((value) =>
      typeof value === 'string' ? `'${value}'` : value,
    );
    const sql = NEXT_ATTEMPTS.text.replaceAll(/\$(\d)/g, (_, n: string) => String(values[Number(n) - 1]));
    const [row] = await stage.query<{ 'QUERY PLAN': object }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sql}`);
    const plan = JSON.stringify(row!['QUERY PLAN']);
    expect(plan).not.toMatch(/"Node Type":"Seq Scan","Parent[^{}]*"Relation Name":"attempts/);
    expect(plan).toMatch(/"Index Name":"attempts_\w*pkey"|"Index Name":"attempts_default_pkey"/);
    const [{ Plan: top }] = row!['QUERY PLAN'] as [{ Plan: Record<string, number> }];
    expect(top['Actual Rows']).toBe(500);
    // 30,000 attempts are there; a few pages for each account are read.
    expect(top['Shared Hit Blocks']! + top['Shared Read Blocks']!).toBeLessThan(accounts.length * 40);
  });
});
