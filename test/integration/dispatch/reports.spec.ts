import type { ProviderReport } from '../../../src/modules/providers/index.js';
import { violations } from '../../support/dispatch-audit.js';
import { openSmppLink, phones, type SeedMessages, seedProvider } from '../../support/dispatch-rig.js';
import { DispatchStage, FUNDS, LONG, PRICE } from '../../support/dispatch-stage.js';
import { until } from '../../support/until.js';

describe('delivery reports', () => {
  const stage = DispatchStage.forSpec();

  const recorded = async () => {
    const rows = await stage.query<{ outcome: string }>('SELECT outcome FROM delivery_reports ORDER BY id');
    return rows.map(({ outcome }) => outcome);
  };

  /** Sends without applying reports, and answers the provider's ids in the order of the parts. */
  const submitted = async (seed: Partial<SeedMessages> & { recipients: readonly string[] }): Promise<string[]> => {
    await stage.queue(seed);
    sendOnly();
    await stage.inState('submitted', seed.recipients.length);
    const rows = await stage.query<{ id: string }>(
      'SELECT provider_message_id AS id FROM attempt_parts ORDER BY message_id, part_no',
    );
    return rows.map(({ id }) => id);
  };

  const sendOnly = (settings: Record<string, unknown> = {}) => {
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider, settings);
    stage.rig.dispatcher.start();
  };

  const report = (providerMessageId: string, more: Partial<ProviderReport> = {}) => ({
    providerId: stage.provider.id,
    providerMessageId,
    status: 'delivered' as const,
    intermediate: false,
    errorCode: null,
    doneAt: null,
    receivedAt: stage.clock.now(),
    raw: 'as it came',
    ...more,
  });

  const arrive = async (...reports: ReturnType<typeof report>[]) => {
    await stage.rig.inbox.append(reports, stage.clock.now());
    await stage.rig.reports.execute();
  };

  it('follows messages over the real link to their end', async () => {
    await stage.operatorWith({
      reportDelay: { minMs: 1, maxMs: 10 },
      suffixes: { '1': 'undelivered', '2': 'expired', '3': 'rejected', '4': 'silent', '5': 'refused' },
    });
    await stage.queue({ recipients: phones(100) });
    stage.start();
    // A report may overtake the answer to its submit; then it is parked for a second.
    await stage.whileTimePasses(() =>
      until('all are where they end', async () => {
        const { delivered = 0, undelivered = 0, submitted: open = 0 } = await stage.states();
        return delivered === 50 && undelivered === 10 && open === 10;
      }),
    );
    expect(await stage.states()).toEqual({ delivered: 50, undelivered: 10, expired: 10, rejected: 20, submitted: 10 });
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 90n * PRICE });
    expect(await stage.query('SELECT FROM report_inbox')).toEqual([]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('copes with reports that come before the answer, twice, in disorder, and with notes on the way', async () => {
    await stage.operatorWith({ reportDelay: { minMs: 1, maxMs: 10 } });
    stage.operator.faults.apply({
      reports: { beforeAnswer: true, duplicate: true, shuffle: true, intermediate: true },
    });
    await stage.queue({ recipients: phones(30), text: LONG });
    stage.start();
    await stage.whileTimePasses(async () => {
      await stage.inState('delivered', 30);
      await until('the inbox is empty', async () => (await stage.query('SELECT FROM report_inbox')).length === 0);
    });
    const outcomes = await recorded();
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(90);
    expect(new Set(outcomes)).toEqual(new Set(['applied', 'duplicate', 'intermediate']));
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 90n * PRICE });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('calls a message delivered only when all its parts are', async () => {
    const [one, two, three] = await submitted({ recipients: phones(1), text: LONG });
    await arrive(report(one!), report(three!));
    expect(await stage.states()).toEqual({ submitted: 1 });
    await arrive(report(two!));
    expect(await stage.states()).toEqual({ delivered: 1 });
  });

  it('lets no later success hide a part that failed', async () => {
    const [one, two, three] = await submitted({ recipients: phones(1), text: LONG });
    await arrive(report(two!, { status: 'undelivered', errorCode: '011' }));
    expect(await stage.states()).toEqual({ undelivered: 1 });
    await arrive(report(one!), report(three!));
    expect(await stage.states()).toEqual({ undelivered: 1 });
    const parts = await stage.query('SELECT state, error_code FROM attempt_parts ORDER BY part_no');
    expect(parts).toEqual([
      { state: 'delivered', error_code: null },
      { state: 'undelivered', error_code: '011' },
      { state: 'delivered', error_code: null },
    ]);
    expect(await recorded()).toEqual(['applied', 'applied', 'applied']);
  });

  it('only moves forward: late notes and contradictions are kept, not applied', async () => {
    const [id] = await submitted({ recipients: phones(1) });
    await arrive(report(id!));
    stage.clock.advance({ seconds: 1 });
    await arrive(
      report(id!, { status: 'submitted', intermediate: true }),
      report(id!, { status: 'undelivered' }),
      report(id!),
    );
    expect(await stage.states()).toEqual({ delivered: 1 });
    expect(await recorded()).toEqual(['applied', 'intermediate', 'contradicting', 'duplicate']);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - PRICE });
  });

  it.each(['submitted', 'delivered', 'undelivered', 'expired', 'rejected'] as const)(
    'is not ended by a note on the way, be it the word %s',
    async (status) => {
      const [id] = await submitted({ recipients: phones(1) });
      await arrive(report(id!, { status, intermediate: true }), report(id!, { status, intermediate: true }));
      expect(await stage.states()).toEqual({ submitted: 1 });
      await arrive(report(id!));
      expect(await stage.states()).toEqual({ delivered: 1 });
      expect(await recorded()).toEqual(['intermediate', 'intermediate', 'applied']);
      expect(await violations(stage.db.database)).toEqual([]);
    },
  );

  it.each([
    ['undelivered', ['delivered', 'expired']],
    ['rejected', ['undelivered', 'delivered']],
    ['delivered', ['rejected', 'expired']],
  ] as const)('holds to the first final one of several for a part: %s', async (first, later) => {
    const [id] = await submitted({ recipients: phones(1) });
    await arrive(report(id!, { status: 'submitted', intermediate: true }), report(id!, { status: first }));
    await arrive(...later.map((status) => report(id!, { status })));
    expect(await stage.states()).toEqual({ [first]: 1 });
    expect(await recorded()).toEqual(['intermediate', 'applied', 'contradicting', 'contradicting']);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('turns expired into delivered in one batch or two, and changes the charge only once', async () => {
    const [id] = await submitted({ recipients: phones(1), refundUndelivered: true });
    await arrive(report(id!, { status: 'expired' }), report(id!));
    expect(await stage.states()).toEqual({ delivered: 1 });
    const [message] = await stage.query('SELECT charge_state FROM messages');
    expect(message).toEqual({ charge_state: 'refunded' });
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it.each([
    ['delivery', false, 'delivered', 'captured', FUNDS - PRICE],
    ['delivery', false, 'undelivered', 'released', FUNDS],
    ['submit', true, 'undelivered', 'refunded', FUNDS],
    ['submit', false, 'undelivered', 'captured', FUNDS - PRICE],
  ] as const)('charged on %s, refund %s: %s is %s', async (chargeOn, refundUndelivered, status, charge, left) => {
    const [id] = await submitted({ recipients: phones(1), chargeOn, refundUndelivered });
    await arrive(report(id!, { status }));
    expect(await stage.query('SELECT state, charge_state FROM messages')).toEqual([
      { state: status, charge_state: charge },
    ]);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: left });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('parks what matches nothing, tries again, and keeps it at last as unmatched', async () => {
    await arrive(report('nobody-knows'));
    for (let tries = 0; tries < 7; tries++) {
      expect(await recorded()).toEqual([]);
      stage.clock.advance({ hours: 1 });
      await stage.rig.reports.execute();
    }
    expect(await recorded()).toEqual(['unmatched']);
    expect(await stage.query('SELECT FROM report_inbox')).toEqual([]);
    expect(await stage.query(`SELECT raw FROM delivery_reports`)).toEqual([{ raw: 'as it came' }]);
  });

  it('matches only attempts of the last 14 days, and only of the same provider', async () => {
    const [id] = await submitted({ recipients: phones(1) });
    const other = await seedProvider(stage.db.database);
    await arrive(report(id!, { providerId: other.id } as object));
    expect(await stage.states()).toEqual({ submitted: 1 });
    stage.clock.advance({ days: 15 });
    await arrive(report(id!));
    expect(await stage.states()).toEqual({ submitted: 1 });
  });

  it('tells messages under one provider id apart by their recipients, and applies nothing when it cannot', async () => {
    await submitted({ recipients: [...phones(2), phones(1)[0]!] });
    await stage.query(`UPDATE attempt_parts SET provider_message_id = '123456789'`);
    await arrive(report('123456789', { to: phones(2)[1]! }));
    expect(await stage.states()).toEqual({ submitted: 2, delivered: 1 });
    await arrive(report('123456789', { to: phones(1)[0]! }));
    expect(await stage.states()).toEqual({ submitted: 2, delivered: 1 });
    expect(await recorded()).toEqual(['applied', 'ambiguous']);
  });

  it('waits for the message that it is about while only others have its id', async () => {
    const [one, two] = phones(2) as [string, string];
    await submitted({ recipients: [one] });
    await stage.query(`UPDATE attempt_parts SET provider_message_id = '123456789'`);
    await arrive(report('123456789', { to: two, status: 'undelivered' }));
    expect(await stage.states()).toEqual({ submitted: 1 });
    expect(await stage.query('SELECT tries FROM report_inbox')).toEqual([{ tries: 1 }]);

    await stage.queue({ recipients: [two] });
    await stage.inState('submitted', 2);
    await stage.query(`UPDATE attempt_parts SET provider_message_id = '123456789'`);
    stage.clock.advance({ seconds: 2 });
    await stage.rig.reports.execute();
    const shown = await stage.query('SELECT recipient, state FROM messages ORDER BY recipient');
    expect(shown).toEqual([
      { recipient: one, state: 'submitted' },
      { recipient: two, state: 'undelivered' },
    ]);
  });

  describe('unknown outcomes', () => {
    /** Taken over by the operator, but the answer never came. */
    const lost = async (recipients: readonly string[], seed: Partial<SeedMessages> = {}) => {
      stage.operator.faults.apply({ next: [{ action: 'never_answer', count: recipients.length, accepted: true }] });
      await stage.queue({ recipients, ...seed });
      sendOnly({ responseTimeoutMs: 150 });
      await stage.inState('unknown', recipients.length);
    };
    const [phone] = phones(1) as [string];
    const about = { to: phone, from: 'Kabinet' };

    it('is explained by a receipt for exactly one of them, once its wait is over', async () => {
      await lost([phone]);
      await arrive(report('op-1', about));
      expect(await stage.states()).toEqual({ unknown: 1 });
      stage.clock.advance({ minutes: 2 });
      await stage.rig.reports.execute();
      expect(await stage.states()).toEqual({ delivered: 1 });
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - PRICE });
      expect(await stage.query('SELECT state FROM attempts')).toEqual([{ state: 'submitted' }]);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    const lostInParts = async () => {
      stage.operator.faults.apply({ next: [{ action: 'never_answer', count: 3, accepted: true }] });
      await stage.queue({ recipients: [phone], text: LONG });
      sendOnly({ responseTimeoutMs: 150 });
      await stage.inState('unknown', 1);
    };

    it('of several parts needs a receipt for each: one that comes twice in a batch explains one of them', async () => {
      await lostInParts();
      await arrive(report('op-1', about), report('op-1', about), report('op-2', about), report('op-1', about));
      stage.clock.advance({ minutes: 2 });
      await stage.rig.reports.execute();
      expect(await stage.states()).toEqual({ unknown: 1 });
      expect(await stage.query('SELECT state, provider_message_id AS id FROM attempt_parts ORDER BY part_no')).toEqual([
        { state: 'delivered', id: 'op-1' },
        { state: 'delivered', id: 'op-2' },
        { state: 'unknown', id: null },
      ]);
      await arrive(report('op-3', about), report('op-3', about));
      stage.clock.advance({ minutes: 2 });
      await stage.rig.reports.execute();
      expect(await stage.states()).toEqual({ delivered: 1 });
      expect((await recorded()).filter((outcome) => outcome === 'applied')).toHaveLength(3);
    });

    it('is explained in one part by a receipt that comes twice to two workers at the same moment', async () => {
      await lostInParts();
      await stage.rig.inbox.append([report('op-1', about), report('op-1', about)], stage.clock.now());
      stage.clock.advance({ minutes: 2 });
      const applying = await stage.db.database.transaction(async (tx) => {
        await tx.query('SELECT FROM messages FOR UPDATE');
        const both = [stage.rig.reports.execute(1), stage.rig.reports.execute(1)];
        const waiting = `SELECT count(*)::int AS count FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                          WHERE NOT l.granted AND a.datname = current_database()`;
        await until('both wait', async () => (await stage.query<{ count: number }>(waiting))[0]!.count === 2);
        return both;
      });
      await Promise.all(applying);
      expect(await stage.states()).toEqual({ unknown: 1 });
      expect((await recorded()).sort()).toEqual(['applied', 'duplicate']);
    });

    it.each([
      ['two could be meant', [phone, phone], {}],
      ['the sender differs', [phone], { from: 'Other' }],
      ['the recipient differs', [phone], { to: '306900000009' }],
    ])('stays unknown when %s', async (_name, recipients, more) => {
      await lost(recipients);
      await arrive(report('op-1', { ...about, ...more }));
      stage.clock.advance({ minutes: 2 });
      await stage.rig.reports.execute();
      expect(await stage.states()).toEqual({ unknown: recipients.length });
    });

    it('expires at its deadline and gives the money back; a receipt after that changes the state, not the charge', async () => {
      await lost([phone]);
      stage.clock.advance({ hours: 25 });
      await stage.inState('expired', 1);
      expect(await stage.query('SELECT reason, charge_state FROM messages')).toEqual([
        { reason: 'outcome_unknown', charge_state: 'released' },
      ]);
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
      await arrive(report('op-1', about));
      stage.clock.advance({ minutes: 2 });
      await stage.rig.reports.execute();
      expect(await stage.query('SELECT state, charge_state FROM messages')).toEqual([
        { state: 'delivered', charge_state: 'released' },
      ]);
      expect(await stage.wallet()).toMatchObject({ availableMicros: FUNDS });
    });

    it('is sent once more, flagged, where the caller asked for at least once', async () => {
      await lost([phone], { deliveryPolicy: 'at_least_once' });
      stage.clock.advance({ minutes: 3 });
      await stage.inState('submitted', 1);
      expect(stage.operator.inbox(phone)).toHaveLength(2);
      expect(await stage.query('SELECT attempt_no, repeat_reason, state FROM attempts ORDER BY id')).toEqual([
        { attempt_no: 1, repeat_reason: null, state: 'unknown' },
        { attempt_no: 2, repeat_reason: 'at_least_once', state: 'submitted' },
      ]);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('is not sent a third time', async () => {
      await lost([phone], { deliveryPolicy: 'at_least_once' });
      stage.operator.faults.apply({ next: [{ action: 'never_answer' }] });
      stage.clock.advance({ minutes: 3 });
      await until('the second is lost, too', async () => {
        const rows = await stage.query(`SELECT FROM attempts WHERE attempt_no = 2 AND state = 'unknown'`);
        return rows.length === 1;
      });
      stage.clock.advance({ minutes: 3 });
      await stage.inState('expired', 1);
      expect(await stage.query('SELECT FROM attempts')).toHaveLength(2);
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
    });
  });
});
