import { newId } from '../../../src/kernel/ids.js';
import { daily } from '../../../src/kernel/time-window.js';
import { violations } from '../../support/dispatch-audit.js';
import { DispatchRig, openSmppLink, phones, seedAccount, seedProvider } from '../../support/dispatch-rig.js';
import { DispatchStage, FUNDS, LONG, QUIET } from '../../support/dispatch-stage.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

describe('sending', () => {
  const stage = DispatchStage.forSpec();

  it('sends what is queued, once, captures it, and leaves an empty queue', async () => {
    await stage.queue({ recipients: phones(300) });
    stage.start();
    await stage.inState('submitted', 300);
    expect(stage.operator.stats()).toMatchObject({ answeredOk: 300, received: 300 });
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 3_000_000n });
    await until('the stream is gone', async () => (await stage.query('SELECT FROM message_streams')).length === 0);
    expect(await stage.query('SELECT FROM message_queue')).toEqual([]);
    expect(await violations(stage.db.database)).toEqual([]);
    const [events] = await stage.query<{ messages: number; micros: string }>(
      `SELECT sum((d->>'messages')::int)::int AS messages, sum((d->>'micros')::bigint)::text AS micros
         FROM outbox_events, jsonb_array_elements(payload->'deltas') d WHERE d->>'state' = 'submitted'`,
    );
    expect(events).toEqual({ messages: 300, micros: '3000000' });
  });

  it('wakes at once when something is queued, without waiting for its poll', async () => {
    const idle = new DispatchRig(stage.db.database, stage.clock, { pollMs: 30_000, housekeepingMs: 30_000 });
    const link = openSmppLink(idle, stage.operator.ports.smpp, stage.provider);
    await until('bound', () => link.state().status === 'ready');
    idle.start();
    try {
      await until('the listener hears', async () => {
        const rows = await stage.query(`SELECT FROM pg_stat_activity WHERE query = 'LISTEN kabinet_queue'`);
        return rows.length > 0;
      });
      await stage.queue({ recipients: phones(1) });
      // Another process tells, through PostgreSQL.
      stage.rig.hints.queued([stage.provider.id]);
      await stage.inState('submitted', 1);
    } finally {
      await idle.stop();
    }
  });

  it('goes on as soon as the window has room again, without waiting for its poll', async () => {
    const { database } = stage.db;
    const rig = new DispatchRig(database, stage.clock, { pollMs: 30_000, housekeepingMs: 30_000 });
    const link = openSmppLink(rig, stage.operator.ports.smpp, stage.provider, { windowSize: 20 });
    await until('bound', () => link.state().status === 'ready');
    await stage.queue({ recipients: phones(200) });
    rig.start();
    try {
      await stage.inState('submitted', 200);
    } finally {
      await rig.stop();
    }
  });

  it('sends a long text as parts that the phone joins, priced per part', async () => {
    await stage.queue({ recipients: phones(5), text: LONG });
    stage.start();
    await stage.inState('submitted', 5);
    expect(stage.operator.stats()).toMatchObject({ answeredOk: 15 });
    const inbox = stage.operator.inbox(phones(1)[0]!);
    expect(inbox.map(({ text }) => text)).toEqual([LONG]);
    const parts = await stage.query('SELECT DISTINCT provider_message_id FROM attempt_parts');
    expect(parts).toHaveLength(15);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 150_000n });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('lets a message in that has more parts than the window, when the window is empty', async () => {
    await stage.queue({ recipients: phones(3), text: LONG });
    stage.start({ windowSize: 2 });
    await stage.inState('submitted', 3);
    expect(stage.operator.inbox(phones(1)[0]!)[0]).toMatchObject({ text: LONG });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('sends again only the parts that were not sent, under the same reference', async () => {
    await stage.queue({ recipients: phones(1), text: LONG });
    stage.operator.faults.apply({ next: [{ action: 'throttle', count: 2 }] });
    stage.start({ windowSize: 3 });
    await stage.inState('submitted', 1);
    expect(stage.operator.stats()).toMatchObject({ answeredOk: 3, throttled: 2 });
    expect(stage.operator.inbox(phones(1)[0]!).map(({ text }) => text)).toEqual([LONG]);
    expect(await stage.query('SELECT attempt_no FROM attempts')).toEqual([{ attempt_no: 1 }]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('slows down when it is throttled, loses nothing, sends nothing twice and keeps the order', async () => {
    const recipients = phones(120);
    await stage.queue({ recipients });
    // Fewer than after how many a message itself waits, whichever it meets.
    stage.operator.faults.apply({ next: [{ action: 'throttle', count: 4 }] });
    stage.start({ windowSize: 5 });
    await stage.inState('submitted', 120);
    expect(stage.operator.stats()).toMatchObject({ answeredOk: 120 });
    const arrived = stage.operator.inbox(null).map(({ to }) => to);
    expect(new Set(arrived).size).toBe(120);
    // Nobody is overtaken by more than what was in the window beside it.
    for (const [position, to] of arrived.entries())
      expect(Math.abs(recipients.indexOf(to) - position)).toBeLessThan(20);
    const attempts = await stage.query<{ count: number }>('SELECT count(*)::int AS count FROM attempts');
    expect(attempts).toEqual([{ count: 120 }]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('slows the bind that was too fast, not the messages: they leave over the other one', async () => {
    const other = await SandboxOperator.start({ reportDelay: QUIET });
    try {
      stage.operator.faults.apply({ next: [{ action: 'throttle', count: 1_000 }] });
      await stage.queue({ recipients: phones(100) });
      stage.start({ throttleMaxMs: 10_000 });
      await until('it was too fast', () => stage.operator.stats().throttled > 0);
      const quick = openSmppLink(stage.rig, other.ports.smpp, stage.provider, {}, 2);
      await stage.inState('submitted', 100);
      expect(other.stats()).toMatchObject({ answeredOk: 100, throttled: 0 });
      expect(quick.state().lastError).toBeNull();
      expect(stage.operator.stats()).toMatchObject({ answeredOk: 0 });
      expect(await stage.query('SELECT count(*)::int AS n FROM attempts')).toEqual([{ n: 100 }]);
      expect(await violations(stage.db.database)).toEqual([]);
    } finally {
      await stage.rig.stop(300);
      await other.stop();
    }
  });

  it('releases what the provider refuses, and says why', async () => {
    await stage.queue({ recipients: phones(3) });
    stage.operator.faults.apply({ next: [{ action: 'refuse', to: phones(2)[1]!, status: 0x0b }] });
    stage.start();
    await stage.inState('submitted', 2);
    await stage.inState('rejected', 1);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 20_000n });
    expect(await stage.query(`SELECT error_code FROM attempts WHERE state = 'rejected'`)).toEqual([
      { error_code: '0x0000000b' },
    ]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('settles again what the database took back at its commit', async () => {
    await stage.query('CREATE SEQUENCE commits_refused');
    await stage.query(`
      CREATE FUNCTION refuse_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF nextval('commits_refused') = 1 THEN RAISE 'the disk is full'; END IF; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER refuse_commit AFTER DELETE ON message_queue DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse_commit()`);
    try {
      await stage.queue({ recipients: phones(3) });
      stage.start();
      await stage.inState('submitted', 3);
    } finally {
      await stage.query('DROP FUNCTION refuse_commit CASCADE');
      await stage.query('DROP SEQUENCE commits_refused');
    }
    expect(stage.operator.stats()).toMatchObject({ received: 3 });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('keeps the hold of what was never answered, as unknown, and goes on with the rest', async () => {
    await stage.queue({ recipients: phones(20) });
    stage.operator.faults.apply({ next: [{ action: 'never_answer', to: phones(1)[0]! }] });
    stage.start({ responseTimeoutMs: 300 });
    await stage.inState('submitted', 19);
    await stage.inState('unknown', 1);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 10_000n });
    expect(stage.operator.stats()).toMatchObject({ received: 20 });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('takes a late answer for what it is: no longer unknown, and charged', async () => {
    await stage.queue({ recipients: phones(1) });
    stage.operator.faults.apply({ next: [{ action: 'answer_late', delayMs: 700 }] });
    stage.start({ responseTimeoutMs: 200 });
    await stage.inState('unknown', 1);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 10_000n });
    await stage.inState('submitted', 1);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 10_000n });
    expect(await stage.query(`SELECT FROM attempt_parts WHERE provider_message_id IS NOT NULL`)).toHaveLength(1);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('survives an operator that answers garbage: what was in flight is unknown, the rest goes on', async () => {
    await stage.queue({ recipients: phones(60) });
    stage.operator.faults.apply({ next: [{ action: 'garbage', to: phones(11)[10]! }] });
    stage.start({ windowSize: 10 });
    await until(
      'all are settled',
      async () => {
        const { submitted = 0, unknown = 0 } = await stage.states();
        return submitted + unknown === 60;
      },
      10_000,
    );
    const { unknown = 0 } = await stage.states();
    expect(unknown).toBeGreaterThanOrEqual(1);
    expect(unknown).toBeLessThanOrEqual(10);
    const { answeredOk, acceptedUnanswered } = stage.operator.stats();
    expect(answeredOk + acceptedUnanswered).toBeLessThanOrEqual(60);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('waits while the operator is down, without spending attempts, and sends when it is back', async () => {
    const { smpp } = stage.operator.ports;
    await stage.operator.stop();
    await stage.queue({ recipients: phones(10) });
    stage.start();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await stage.states()).toEqual({ queued: 10 });
    expect(await stage.query('SELECT FROM attempts')).toEqual([]);
    stage.operator = await SandboxOperator.start({ port: smpp, reportDelay: QUIET });
    await stage.inState('submitted', 10);
    expect(stage.operator.stats()).toMatchObject({ answeredOk: 10 });
  });

  it('sends nothing that went stale while the operator was down, when it is back', async () => {
    const { smpp } = stage.operator.ports;
    await stage.operator.stop();
    await stage.queue({ recipients: phones(4), validUntil: new Date('2026-03-02T12:30:00Z') });
    const fresh = phones(2, 306_920_000_000);
    await stage.queue({ recipients: fresh });
    stage.start();
    stage.clock.set('2026-03-02T12:30:00Z');
    stage.operator = await SandboxOperator.start({ port: smpp, reportDelay: QUIET });
    await stage.inState('submitted', 2);
    await stage.inState('expired', 4);
    expect(
      stage.operator
        .inbox(null)
        .map(({ to }) => to)
        .sort(),
    ).toEqual(fresh);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - 20_000n });
    expect(await violations(stage.db.database)).toEqual([]);
  });

  describe('guards', () => {
    it('expires what is too old before it is sent, and releases it', async () => {
      await stage.queue({ recipients: phones(2), validUntil: new Date('2026-03-02T13:00:00Z') });
      stage.clock.set('2026-03-02T13:00:00Z');
      stage.start();
      await stage.inState('expired', 2);
      expect(stage.operator.stats()).toMatchObject({ received: 0 });
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
      expect(await stage.query('SELECT reason, charge_state FROM messages ORDER BY id')).toEqual([
        { reason: 'validity', charge_state: 'released' },
        { reason: 'validity', charge_state: 'released' },
      ]);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('snoozes to the next opening when the provider’s window is closed, and sends then', async () => {
      stage.provider = await seedProvider(stage.db.database, { window: daily('09:00', '20:00', 'Europe/Moscow') });
      stage.clock.set('2026-03-02T17:00:00Z'); // 20:00 in Moscow: closed to the second
      await stage.queue({ recipients: phones(3), lane: 'otp' });
      stage.start();
      await stage.inState('scheduled', 3);
      expect(await stage.query('SELECT due_at, reason FROM messages ORDER BY id')).toEqual(
        phones(3).map(() => ({ due_at: new Date('2026-03-03T06:00:00Z'), reason: 'window' })),
      );
      expect(await stage.query('SELECT FROM attempts')).toEqual([]);
      expect(stage.operator.stats()).toMatchObject({ received: 0 });
      await until('the stream is parked', async () => {
        const [stream] = await stage.query<{ state: string }>('SELECT state FROM message_streams');
        return stream?.state === 'parked';
      });
      stage.clock.set('2026-03-03T06:00:00Z');
      await stage.inState('submitted', 3);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('sends when the provider’s, the account’s and the message’s own hours are open together, and not before', async () => {
      stage.provider = await seedProvider(stage.db.database, { window: daily('09:00', '20:00', 'Europe/Moscow') });
      const now = stage.clock.now();
      stage.account = await seedAccount(stage.db.database, { window: daily('10:00', '18:00', 'Europe/Athens'), now });
      await stage.queue({ recipients: phones(1), window: daily('07:00', '08:30', 'UTC') });
      stage.start();
      await stage.inState('scheduled', 1);
      // Open from 06:00, 08:00 and 07:00 by UTC.
      expect(await stage.query('SELECT due_at FROM messages')).toEqual([{ due_at: new Date('2026-03-03T08:00:00Z') }]);
      stage.clock.set('2026-03-03T08:00:00Z');
      await stage.inState('submitted', 1);
    });

    it('never sends by hours in a zone that nobody knows: it waits until its validity ends, one-time codes leave', async () => {
      const now = stage.clock.now();
      const window = daily('00:00', '24:00', 'Atlantis/Capital');
      stage.account = await seedAccount(stage.db.database, { window, now });
      await stage.queue({ recipients: phones(2), validUntil: new Date('2026-03-02T13:00:00Z') });
      await stage.queue({ recipients: phones(1, 306_910_000_000), lane: 'otp' });
      stage.start();
      await stage.inState('submitted', 1);
      await stage.inState('scheduled', 2);
      stage.clock.set('2026-03-02T13:00:00Z');
      await stage.inState('expired', 2);
      expect(stage.operator.stats()).toMatchObject({ received: 1 });
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('closes half-way: what left has left, what is left waits', async () => {
      stage.provider = await seedProvider(stage.db.database, {
        ratePerSecond: 40,
        window: daily('09:00', '20:00', 'Europe/Moscow'),
      });
      await stage.queue({ recipients: phones(40) });
      stage.start();
      await until('some left', () => stage.operator.stats().answeredOk >= 10);
      stage.clock.set('2026-03-02T17:00:00Z');
      await until('the rest is snoozed', async () => {
        const { submitted = 0, scheduled = 0 } = await stage.states();
        return submitted + scheduled === 40;
      });
      const { submitted = 0, scheduled = 0 } = await stage.states();
      expect(stage.operator.stats().received).toBe(submitted);
      expect(scheduled).toBeGreaterThan(0);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('drops what shall not wait for the opening, and releases it', async () => {
      await stage.queue({
        recipients: phones(2),
        window: daily('13:00', '14:00', 'UTC'),
        windowAction: 'drop',
      });
      stage.start();
      await stage.inState('blocked', 2);
      expect(await stage.query('SELECT reason, charge_state FROM messages ORDER BY id')).toEqual(
        phones(2).map(() => ({ reason: 'window', charge_state: 'released' })),
      );
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('ends while a message waits for its slot: it is not written any more', async () => {
      stage.provider = await seedProvider(stage.db.database, {
        ratePerSecond: 2,
        window: daily('09:00', '20:00', 'Europe/Moscow'),
      });
      stage.clock.set('2026-03-02T16:59:59Z');
      await stage.queue({ recipients: phones(3), lane: 'otp' });
      stage.start();
      await until('all have slots, and the first has left', async () => {
        const { submitting = 0, submitted = 0 } = await stage.states();
        return submitting + submitted === 3 && stage.operator.stats().received === 1;
      });
      stage.clock.set('2026-03-02T17:00:00Z');
      await stage.inState('scheduled', 2);
      expect(await stage.states()).toEqual({ submitted: 1, scheduled: 2 });
      expect(stage.operator.stats()).toMatchObject({ received: 1 });
      stage.clock.set('2026-03-03T06:00:00Z');
      await stage.inState('submitted', 3);
      expect(await stage.query('SELECT DISTINCT attempt_no FROM attempts')).toEqual([{ attempt_no: 1 }]);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('end for the recipients when their messages have slots already: they are not written any more', async () => {
      const { days } = daily('09:00', '20:00', 'UTC');
      stage.clock.set('2026-03-02T17:59:59.999Z'); // almost 20:00 in Greece
      const now = stage.clock.now();
      stage.account = await seedAccount(stage.db.database, { recipientHours: { days }, now });
      const { rateGates } = stage.rig;
      const take = rateGates.take.bind(rateGates);
      rateGates.take = async (...asked) => {
        const granted = await take(...asked);
        if (granted.slots.length > 0) stage.clock.set('2026-03-02T18:00:00Z');
        return granted;
      };
      await stage.queue({ recipients: phones(3) });
      stage.start();
      await stage.inState('scheduled', 3);
      expect(await stage.query('SELECT due_at, reason FROM messages')).toEqual(
        phones(3).map(() => ({ due_at: new Date('2026-03-03T07:00:00Z'), reason: 'window' })),
      );
      expect(stage.clock.now()).toEqual(new Date('2026-03-02T18:00:00Z'));
      expect(stage.operator.stats()).toMatchObject({ received: 0 });
      stage.clock.set('2026-03-03T07:00:00Z');
      rateGates.take = take;
      await stage.inState('submitted', 3);
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('lets one-time codes ignore the account’s window, which binds everything else', async () => {
      stage.account = await seedAccount(stage.db.database, {
        window: daily('20:00', '21:00', 'UTC'),
        now: stage.clock.now(),
      });
      await stage.queue({ recipients: phones(1), lane: 'otp' });
      await stage.queue({ recipients: phones(1, 306_911_111_111), lane: 'transactional' });
      stage.start();
      await stage.inState('submitted', 1);
      await stage.inState('scheduled', 1);
      expect(stage.operator.inbox(null).map(({ to }) => to)).toEqual(phones(1));
    });

    it('does not touch a paused group, and sends when it is resumed', async () => {
      const groupId = newId();
      await stage.query(
        `INSERT INTO message_groups (account_id, id, kind, label, state, created_at, updated_at) VALUES ($1, $2, 'campaign', 'x', 'open', $3, $3)`,
        [stage.account.id, groupId, stage.clock.now()],
      );
      await stage.queue({ recipients: phones(5), groupId });
      // Paused behind the stream's back, as when a pause and an accept cross.
      await stage.query(`UPDATE message_groups SET state = 'paused'`);
      stage.start();
      await until('the stream is paused', async () => {
        const [stream] = await stage.query<{ state: string }>('SELECT state FROM message_streams');
        return stream?.state === 'paused';
      });
      expect(await stage.states()).toEqual({ queued: 5 });
      await stage.query(`UPDATE message_groups SET state = 'open'`);
      await stage.query(`UPDATE message_streams SET state = 'open'`);
      await stage.inState('submitted', 5);
    });

    it('cancels what belongs to a cancelled group', async () => {
      const groupId = newId();
      await stage.query(
        `INSERT INTO message_groups (account_id, id, kind, label, state, created_at, updated_at) VALUES ($1, $2, 'campaign', 'x', 'cancelled', $3, $3)`,
        [stage.account.id, groupId, stage.clock.now()],
      );
      await stage.queue({ recipients: phones(5), groupId });
      stage.start();
      await stage.inState('cancelled', 5);
      expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
      expect(await violations(stage.db.database)).toEqual([]);
    });

    it('lets a suspended account rest, and goes on when it is active again', async () => {
      await stage.query(`UPDATE accounts SET status = 'suspended' WHERE id = $1`, [stage.account.id]);
      await stage.queue({ recipients: phones(2) });
      stage.start();
      await until('the stream rests', async () => {
        const [stream] = await stage.query<{ state: string }>('SELECT state FROM message_streams');
        return stream?.state === 'parked';
      });
      expect(await stage.states()).toEqual({ queued: 2 });
      await stage.query(`UPDATE accounts SET status = 'active' WHERE id = $1`, [stage.account.id]);
      stage.rig.accounts.forget(stage.account.id);
      stage.clock.advance({ seconds: 20 });
      await stage.inState('submitted', 2);
    });
  });

  it('takes turns: one account’s backlog does not starve another', async () => {
    await stage.queue({ recipients: phones(400) });
    const other = await seedAccount(stage.db.database, { now: stage.clock.now() });
    await stage.rate(200);
    stage.start();
    await until('the first has begun', () => stage.operator.stats().answeredOk >= 20);
    const before = stage.operator.stats().answeredOk;
    await stage.queue({ account: other, recipients: phones(10, 306_911_111_111) });
    await until(
      'the other is through',
      () => stage.operator.inbox(null).filter(({ to }) => to.startsWith('306911')).length === 10,
    );
    expect(stage.operator.stats().answeredOk - before).toBeLessThan(120);
  });

  it('gives one-time codes the next slot, whatever bulk is waiting', async () => {
    await stage.queue({ recipients: phones(300) });
    await stage.rate(50);
    stage.start({ windowSize: 10 });
    await until('bulk flows', () => stage.operator.stats().answeredOk >= 10);
    const began = performance.now();
    await stage.queue({ recipients: phones(1, 306_911_111_111), lane: 'otp' });
    stage.rig.hints.queued([stage.provider.id]);
    await until('the code is there', () => stage.operator.inbox(phones(1, 306_911_111_111)[0]!).length === 1);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('stops gracefully: what was not written goes back to the queue, nothing stays submitting', async () => {
    await stage.rate(30);
    await stage.queue({ recipients: phones(100) });
    stage.start();
    await until('some left', () => stage.operator.stats().answeredOk >= 10);
    await stage.rig.stop(3_000);
    const states = await stage.states();
    expect(Object.keys(states).sort()).toEqual(['queued', 'submitted']);
    expect(states['submitted']).toBe(stage.operator.stats().answeredOk);
    expect(await violations(stage.db.database)).toEqual([]);
  });
});
