import { newId } from '../../../src/kernel/ids.js';
import { AccountAudit } from '../../../src/modules/accounts/index.js';
import { type DecidedOutcome, DecideUnknown } from '../../../src/modules/messages/actions/decide-unknown.js';
import type { Decision } from '../../../src/modules/messages/domain/unknown-outcome.js';
import { violations } from '../../support/dispatch-audit.js';
import { openSmppLink, phones, type SeedMessages } from '../../support/dispatch-rig.js';
import { DispatchStage, FUNDS, PRICE } from '../../support/dispatch-stage.js';
import { until } from '../../support/until.js';

const STAFF = { kind: 'staff' as const, id: newId() };

describe('unknown outcomes that operations decides about', () => {
  const stage = DispatchStage.forSpec();
  beforeEach(() => stage.query('DELETE FROM account_audit'));

  const sendOnly = () => {
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider, { responseTimeoutMs: 150 });
    stage.rig.dispatcher.start();
  };
  /** Taken over by the operator, but the answer never came. */
  const lost = async (recipients: readonly string[], seed: Partial<SeedMessages> = {}): Promise<string[]> => {
    stage.operator.faults.apply({ next: [{ action: 'never_answer', count: recipients.length, accepted: true }] });
    const ids = await stage.queue({ recipients, ...seed });
    sendOnly();
    await stage.inState('unknown', recipients.length);
    return ids;
  };
  const decider = () => {
    const { database, unknown, hints, clock } = stage.rig;
    return new DecideUnknown(database, unknown, new AccountAudit(clock), hints);
  };
  const decide = (ids: readonly string[], decision: Decision): Promise<DecidedOutcome[]> =>
    decider().execute(
      ids.map((messageId) => ({ accountId: stage.account.id, messageId })),
      { decision, reason: 'The operator lost them', actor: STAFF },
    );
  const outcomes = (decided: readonly DecidedOutcome[]) => decided.map(({ outcome, code }) => code ?? outcome);
  const trail = () =>
    stage.query(
      `SELECT action, actor_kind, actor_id, subject, details FROM account_audit WHERE subject LIKE 'message:%' ORDER BY id`,
    );
  const reportFor = (to: string) => ({
    providerId: stage.provider.id,
    providerMessageId: newId(),
    status: 'delivered' as const,
    intermediate: false,
    errorCode: null,
    doneAt: null,
    receivedAt: stage.clock.now(),
    raw: 'as it came',
    to,
    from: 'Kabinet',
  });

  it('are sent once more, flagged as forced, also where the account did not ask for it', async () => {
    const [phone] = phones(1) as [string];
    const [id] = (await lost([phone])) as [string];
    expect(outcomes(await decide([id], 'requeue'))).toEqual(['requeued']);
    await stage.inState('submitted', 1);
    expect(stage.operator.inbox(phone)).toHaveLength(2);
    expect(await stage.query('SELECT attempt_no, repeat_reason, state FROM attempts ORDER BY attempt_no')).toEqual([
      { attempt_no: 1, repeat_reason: null, state: 'unknown' },
      { attempt_no: 2, repeat_reason: 'forced', state: 'submitted' },
    ]);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS - PRICE });
    expect(await trail()).toEqual([
      {
        action: 'message.requeued',
        actor_kind: 'staff',
        actor_id: STAFF.id,
        subject: `message:${id}`,
        details: { reason: 'The operator lost them', attempt: 1 },
      },
    ]);
    expect(await violations(stage.db.database)).toEqual([]);
  });

  it('are given up: the money goes back, and a receipt after that changes what is shown, not what is charged', async () => {
    const [phone] = phones(1) as [string];
    const ids = await lost([phone]);
    expect(outcomes(await decide(ids, 'give_up'))).toEqual(['given_up']);
    expect(await stage.query('SELECT state, reason, charge_state FROM messages')).toEqual([
      { state: 'expired', reason: 'outcome_unknown', charge_state: 'released' },
    ]);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
    expect(await trail()).toMatchObject([{ action: 'message.given_up', subject: `message:${ids[0]}` }]);
    await stage.rig.inbox.append([reportFor(phone)], stage.clock.now());
    stage.clock.advance({ minutes: 2 });
    await stage.rig.reports.execute();
    expect(await stage.query('SELECT state, charge_state FROM messages')).toEqual([
      { state: 'delivered', charge_state: 'released' },
    ]);
    expect(outcomes(await decide(ids, 'give_up'))).toEqual(['not_unknown']);
    expect(await trail()).toHaveLength(1);
  });

  it('are refused where nothing may be sent again', async () => {
    const late = await lost(phones(1), { validUntil: new Date(stage.clock.now().getTime() + 60_000) });
    stage.clock.advance({ minutes: 2 });
    const never = newId();
    expect(outcomes(await decide([...late, never], 'requeue'))).toEqual(['validity_over', 'not_unknown']);
    expect(await stage.states()).toEqual({ unknown: 1 });
    await stage.query(`UPDATE attempts SET state = 'submitted'`);
    expect(outcomes(await decide(late, 'requeue'))).toEqual(['taken_over']);
    expect(await trail()).toEqual([]);
  });

  it('belong to the account that is named with them', async () => {
    const [messageId] = (await lost(phones(1))) as [string];
    const made = { decision: 'give_up' as const, reason: 'x', actor: STAFF };
    expect(outcomes(await decider().execute([{ accountId: newId(), messageId }], made))).toEqual(['not_unknown']);
    expect(await stage.states()).toEqual({ unknown: 1 });
  });

  it('are gone through in pieces when there are many of a provider', async () => {
    await lost(phones(5));
    const { id: providerId } = stage.provider;
    const made = { decision: 'give_up' as const, reason: 'x', actor: STAFF };
    const nobody = await decider().executeAll({ providerId: newId() }, null, 2, made);
    expect(nobody).toEqual({ decided: [], next: null });
    const done: DecidedOutcome[] = [];
    let calls = 0;
    for (let after = null as Parameters<DecideUnknown['executeAll']>[1] | undefined; after !== undefined; calls++) {
      const { decided, next } = await decider().executeAll({ providerId }, after, 2, made);
      expect(decided.length).toBeLessThanOrEqual(2);
      done.push(...decided);
      after = next ?? undefined;
    }
    expect([calls, outcomes(done)]).toEqual([3, Array(5).fill('given_up')]);
    expect(await stage.wallet()).toMatchObject({ heldMicros: 0n, availableMicros: FUNDS });
  });

  it.each(['requeue', 'give_up'] as const)(
    'and explained by a report at the same moment are one or the other: %s',
    async (decision) => {
      const numbers = phones(8);
      const ids = await lost(numbers);
      await stage.rig.dispatcher.stop(1_000);
      await stage.rig.inbox.append(numbers.map(reportFor), stage.clock.now());
      stage.clock.advance({ minutes: 2 });
      // Both begin while somebody holds the first message, on a connection of his own; then both go at once.
      const client = await stage.db.database.pool.connect();
      await client.query('BEGIN');
      await client.query('SELECT 1 FROM messages WHERE id = $1 FOR UPDATE', [ids[0]]);
      const racing = Promise.all([
        decide(ids.slice(0, 5), decision),
        stage.rig.reports.execute(),
        decide(ids.slice(5), decision),
      ]);
      await until('both wait', async () => {
        const rows = await stage.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length >= 2;
      });
      await client.query('COMMIT');
      client.release();
      const [first, , second] = await racing;
      const states = await stage.query<{ id: string; state: string; chargeState: string }>(
        'SELECT id, state, charge_state AS "chargeState" FROM messages',
      );
      const { state: decided, chargeState } =
        decision === 'requeue'
          ? { state: 'queued', chargeState: 'held' }
          : { state: 'expired', chargeState: 'released' };
      for (const { messageId, code } of [...first, ...second]) {
        const now = states.find(({ id }) => id === messageId)!;
        // A report after the decision to give up still shows that it arrived, and charges nothing.
        if (code) expect(now).toMatchObject({ state: 'delivered', chargeState: 'captured' });
        else if (now.state !== 'delivered') expect(now).toMatchObject({ state: decided, chargeState });
        else expect([decision, now.chargeState]).toEqual(['give_up', 'released']);
      }
      expect(await trail()).toHaveLength([...first, ...second].filter(({ code }) => !code).length);
      const found = await violations(stage.db.database);
      expect(found.filter((line) => !line.startsWith('unknown is explained later') || decision === 'requeue')).toEqual(
        [],
      );
    },
  );
});
