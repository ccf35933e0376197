import type { ChargePolicy, ChargeState, MessageState } from './message.js';

/**
 * What a transition does to the price of a message:
 * - `hold`      none → held
 * - `keep`      nothing
 * - `unsent`    nothing, and only while it is held: what was charged had left, and is never sent again
 * - `submitted` charged on submit: held → captured; else nothing
 * - `delivered` held → captured; else nothing
 * - `failed`    the provider had it and could not deliver: refunded or released, unless the tariff charges for the submit
 * - `dropped`   it never left, or nobody knows that it did: held → released; captured → refunded where the tariff refunds
 */
export type ChargeRule = 'hold' | 'keep' | 'unsent' | 'submitted' | 'delivered' | 'failed' | 'dropped';

/** What makes a message move. Tells apart transitions between the same two states whose money differs. */
export type TransitionCause =
  | 'accept' // a row is written
  | 'due' // its time has come, or it is claimed at its time
  | 'funds' // the wallet can pay now
  | 'not_sent' // provably not sent: back to the queue, no attempt burnt
  | 'refused' // refused for a reason that another provider need not share: queued for that one
  | 'outcome' // the provider's answer to a submit, also one that came late or was asked for
  | 'report' // a delivery report
  | 'lease' // the worker that was writing it is gone
  | 'repeat' // one flagged resend: `at_least_once`, or forced by operations
  | 'validity' // its time is over
  | 'deadline' // an unknown outcome was never explained
  | 'cancel' // a person, or the group, said so
  | 'guard'; // a rule said so at the moment of sending (window with `drop`, opted out meanwhile, no route left)

export interface Transition {
  from: MessageState | null;
  to: MessageState;
  cause: TransitionCause;
  charge: ChargeRule;
}

const from = (state: MessageState | null, rows: [MessageState, TransitionCause, ChargeRule][]): Transition[] =>
  rows.map(([to, cause, charge]) => ({ from: state, to, cause, charge }));

/**
 * The published table: every move that exists, and what it does to the money. The README shows it, tests are generated from
 * it, and whoever changes a state goes through {@link canMove} and {@link chargeAfter}.
 */
export const TRANSITIONS: readonly Transition[] = [
  ...from(null, [
    ['queued', 'accept', 'hold'],
    ['scheduled', 'accept', 'hold'],
    ['waiting_funds', 'accept', 'keep'],
    ['blocked', 'accept', 'keep'],
  ]),
  ...from('waiting_funds', [
    ['queued', 'funds', 'hold'],
    ['scheduled', 'funds', 'hold'],
    ['expired', 'validity', 'keep'],
    ['cancelled', 'cancel', 'keep'],
  ]),
  ...from('scheduled', [
    ['queued', 'due', 'keep'],
    ['scheduled', 'guard', 'keep'],
    ['submitting', 'due', 'keep'],
    ['expired', 'validity', 'dropped'],
    ['cancelled', 'cancel', 'dropped'],
    ['blocked', 'guard', 'dropped'],
    ['rejected', 'guard', 'dropped'],
  ]),
  ...from('queued', [
    ['submitting', 'due', 'keep'],
    ['scheduled', 'guard', 'keep'],
    ['expired', 'validity', 'dropped'],
    ['cancelled', 'cancel', 'dropped'],
    ['blocked', 'guard', 'dropped'],
    ['rejected', 'guard', 'dropped'],
  ]),
  ...from('submitting', [
    ['submitted', 'outcome', 'submitted'],
    ['queued', 'not_sent', 'unsent'],
    ['scheduled', 'not_sent', 'unsent'],
    ['queued', 'refused', 'unsent'],
    ['rejected', 'outcome', 'dropped'],
    ['expired', 'validity', 'dropped'],
    ['cancelled', 'cancel', 'dropped'],
    ['unknown', 'outcome', 'keep'],
    ['unknown', 'lease', 'keep'],
  ]),
  ...from('submitted', [
    ['delivered', 'report', 'delivered'],
    ['undelivered', 'report', 'failed'],
    ['expired', 'report', 'failed'],
    ['rejected', 'report', 'failed'],
    ['unknown', 'report', 'keep'],
    ['expired', 'deadline', 'failed'],
  ]),
  ...from('unknown', [
    ['submitted', 'outcome', 'submitted'],
    ['delivered', 'report', 'delivered'],
    ['undelivered', 'report', 'failed'],
    ['expired', 'report', 'failed'],
    ['rejected', 'report', 'failed'],
    ['rejected', 'outcome', 'dropped'],
    ['queued', 'not_sent', 'unsent'],
    ['queued', 'repeat', 'unsent'],
    ['expired', 'validity', 'dropped'],
    ['expired', 'deadline', 'dropped'],
  ]),
  // A report that came after the deadline changes what is shown, never what is charged: reported as uncollected.
  ...from('expired', [['delivered', 'report', 'keep']]),
];

/** Final states absorb; a contradicting late report is stored and shown, not applied (except expired → delivered). */
export const FINAL_STATES: readonly MessageState[] = [
  'delivered',
  'undelivered',
  'expired',
  'rejected',
  'cancelled',
  'blocked',
];

const byMove = new Map<string, Transition[]>();
for (const transition of TRANSITIONS) {
  const key = `${transition.from ?? ''}>${transition.to}`;
  byMove.set(key, [...(byMove.get(key) ?? []), transition]);
}

/** Whether a message may go from one state to another at all; null stands for "not written yet". */
export function canMove(from: MessageState | null, to: MessageState, cause?: TransitionCause): boolean {
  const rows = byMove.get(`${from ?? ''}>${to}`) ?? [];
  return cause === undefined ? rows.length > 0 : rows.some((row) => row.cause === cause);
}

/**
 * The charge state after a move. Throws for a move that does not exist: that is a bug, not a refusal. `cause` may be left
 * out where all rows between the two states agree about the money.
 */
export function chargeAfter(
  move: { from: MessageState | null; to: MessageState; cause?: TransitionCause },
  charge: ChargeState,
  policy: ChargePolicy,
): ChargeState {
  const rows = (byMove.get(`${move.from ?? ''}>${move.to}`) ?? []).filter(
    (row) => move.cause === undefined || row.cause === move.cause,
  );
  const rules = new Set(rows.map((row) => row.charge));
  if (rules.size !== 1)
    throw new Error(`no single transition ${move.from} > ${move.to} (${move.cause ?? 'any cause'})`);
  return applyRule([...rules][0]!, charge, policy);
}

/** Whether a message with this charge may make the move at all. */
export function mayCarry(rule: ChargeRule, charge: ChargeState): boolean {
  if (rule === 'hold') return charge === 'none';
  return rule !== 'unsent' || charge === 'held';
}

/** What a rule makes of a charge state; throws where it may not carry it. `none`, `released` and `refunded` absorb everything but a hold. */
export function applyRule(rule: ChargeRule, charge: ChargeState, policy: ChargePolicy): ChargeState {
  const chargesSubmit = policy.chargeOn === 'submit';
  if (!mayCarry(rule, charge)) throw new Error(`the rule ${rule} is not for a price that is ${charge}`);
  switch (rule) {
    case 'keep':
    case 'unsent':
      return charge;
    case 'hold':
      return 'held';
    case 'submitted':
      return charge === 'held' && chargesSubmit ? 'captured' : charge;
    case 'delivered':
      return charge === 'held' ? 'captured' : charge;
    case 'failed':
      if (charge === 'held') return chargesSubmit && !policy.refundUndelivered ? 'captured' : 'released';
      return charge === 'captured' && policy.refundUndelivered ? 'refunded' : charge;
    case 'dropped':
      if (charge === 'held') return 'released';
      return charge === 'captured' && policy.refundUndelivered ? 'refunded' : charge;
    default:
      return rule satisfies never;
  }
}
