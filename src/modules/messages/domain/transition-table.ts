import { type ChargePolicy, type ChargeState } from './message.js';
import { applyRule, type Transition, TRANSITIONS } from './transitions.js';

const POLICIES: ChargePolicy[] = [
  { chargeOn: 'submit', refundUndelivered: false },
  { chargeOn: 'submit', refundUndelivered: true },
  { chargeOn: 'delivery', refundUndelivered: false },
];

/** The published table as Markdown: what each move does to a message whose price is held, and to one that was captured. */
export function transitionTable(): string {
  const head = ['| from | to | because of | price held becomes | price captured becomes |', '|---|---|---|---|---|'];
  return [...head, ...TRANSITIONS.map(toLine)].join('\n');
}

function toLine({ from, to, cause, charge }: Transition): string {
  if (charge === 'hold') return `| ${from ?? '–'} | ${to} | ${cause} | none → held | – |`;
  return `| ${from ?? '–'} | ${to} | ${cause} | ${effects(charge, 'held')} | ${effects(charge, 'captured')} |`;
}

/** By policy where they differ: charged on submit, charged on submit and refunded, charged on delivery. */
function effects(rule: Transition['charge'], before: ChargeState): string {
  const [submit, refunded, delivery] = POLICIES.map((policy) => applyRule(rule, before, policy));
  if (submit === refunded && refunded === delivery) return submit!;
  return `${submit} / ${refunded} / ${delivery}`;
}
