import { type ChargePolicy, type ChargeState, type MessageState } from './message.js';
import { applyRule, mayCarry, type Transition, TRANSITIONS } from './transitions.js';

/** Every charge policy that a tariff can have, in the order of the table's columns. */
export const CHARGE_POLICIES: readonly ChargePolicy[] = [
  { chargeOn: 'submit', refundUndelivered: false },
  { chargeOn: 'submit', refundUndelivered: true },
  { chargeOn: 'delivery', refundUndelivered: false },
];

/** Every state with every charge state that a message can be in, by going through the table from the beginning. */
export function reachableCharges(policy: ChargePolicy): Map<MessageState, Set<ChargeState>> {
  const found = new Map<MessageState, Set<ChargeState>>();
  const visit = (from: MessageState | null, charge: ChargeState): void => {
    for (const move of TRANSITIONS) {
      if (move.from !== from || !mayCarry(move.charge, charge)) continue;
      const after = applyRule(move.charge, charge, policy);
      const known = found.get(move.to) ?? new Set();
      if (known.has(after)) continue;
      found.set(move.to, known.add(after));
      visit(move.to, after);
    }
  };
  visit(null, 'none');
  return found;
}

/** The published table as Markdown: what each move does to a message whose price is held, and to one that was captured. */
export function transitionTable(): string {
  const head = ['| from | to | because of | price held becomes | price captured becomes |', '|---|---|---|---|---|'];
  const charges = CHARGE_POLICIES.map(reachableCharges);
  return [...head, ...TRANSITIONS.map((move) => toLine(move, charges))].join('\n');
}

function toLine(move: Transition, charges: readonly Map<MessageState, Set<ChargeState>>[]): string {
  const { from, to, cause, charge } = move;
  const before = `| ${from ?? '–'} | ${to} | ${cause} |`;
  if (charge === 'hold') return `${before} none → held | – |`;
  return `${before} ${effects(move, 'held', charges)} | ${effects(move, 'captured', charges)} |`;
}

/** By policy where they differ: charged on submit, charged on submit and refunded, charged on delivery. A dash: does not occur. */
function effects(
  { from, charge: rule }: Transition,
  before: ChargeState,
  charges: readonly Map<MessageState, Set<ChargeState>>[],
): string {
  const occurs = (at: number): boolean =>
    from !== null && charges[at]!.get(from)!.has(before) && mayCarry(rule, before);
  const results = CHARGE_POLICIES.map((policy, at) => (occurs(at) ? applyRule(rule, before, policy) : '–'));
  return new Set(results).size === 1 ? results[0]! : results.join(' / ');
}
