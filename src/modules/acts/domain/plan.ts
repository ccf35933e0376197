import { type Micros, MICROS_PER_MINOR } from '../../../kernel/money.js';

/** What stands on an act for a slot of usage, its corrections taken off. */
export interface StandingLine {
  payerId: string;
  actId: string;
  /** Month and service, `YYYY-MM-01 sms`. */
  slot: string;
  /** To six decimals, as the ledger has it. */
  exactMicros: Micros;
  /** As printed: two decimals. */
  grossMicros: Micros;
  quantity: bigint;
  vatRateBps: number | null;
}

/** What a payer's money was used for by now, by slot of usage. */
export type Targets = ReadonlyMap<string, ReadonlyMap<string, { micros: Micros; quantity: bigint }>>;

export interface PlannedLine {
  slot: string;
  exactMicros: Micros;
  grossMicros: Micros;
  quantity: bigint;
  /** Of a correction: the line of the act as it stood until now. */
  corrects: StandingLine | null;
}

export interface PlannedDocument {
  payerId: string;
  /** The act that it corrects; null: an act. */
  correctsId: string | null;
  lines: PlannedLine[];
}

/**
 * What has to be issued so that documents say what was used. `standing` in the order in which acts were issued. Corrections, which are
 * negative, come before the act of the same payer; what is less than a coin waits for the next time.
 */
export function planDocuments(targets: Targets, standing: readonly StandingLine[]): PlannedDocument[] {
  const payers = new Set([...targets.keys(), ...standing.map(({ payerId }) => payerId)]);
  return [...payers].toSorted().flatMap((payerId) =>
    planForPayer(
      payerId,
      targets.get(payerId) ?? new Map(),
      standing.filter((line) => line.payerId === payerId),
    ),
  );
}

type Target = ReadonlyMap<string, { micros: Micros; quantity: bigint }>;

function planForPayer(payerId: string, target: Target, standing: readonly StandingLine[]): PlannedDocument[] {
  const carry = new Carry(standing);
  const slots = [...new Set([...target.keys(), ...standing.map(({ slot }) => slot)])].toSorted();
  const changes = slots.map((slot) => {
    const lines = standing.filter((line) => line.slot === slot);
    const { micros, quantity } = target.get(slot) ?? { micros: 0n, quantity: 0n };
    return {
      slot,
      lines,
      micros: micros - sum(lines, 'exactMicros'),
      quantity: quantity - sum(lines, 'quantity'),
    };
  });
  const corrections = new Map<string, PlannedLine[]>();
  for (const { lines, micros, quantity } of changes.filter((change) => change.micros < 0n))
    for (const line of correct(lines, micros, quantity, carry))
      corrections.set(line.corrects!.actId, [...(corrections.get(line.corrects!.actId) ?? []), line]);
  const added = changes.filter(({ micros }) => micros > 0n).flatMap((change) => add(change, carry));
  return [
    ...[...corrections].map(([correctsId, lines]) => ({ payerId, correctsId, lines })),
    ...(added.length > 0 ? [{ payerId, correctsId: null, lines: added }] : []),
  ];
}

/** Takes back from the newest act first, from each no more than stands on it. */
function correct(lines: readonly StandingLine[], micros: Micros, quantity: bigint, carry: Carry): PlannedLine[] {
  const planned: PlannedLine[] = [];
  let [left, leftQuantity] = [-micros, quantity < 0n ? -quantity : 0n];
  for (const line of lines.toReversed()) {
    const taken = min(left, line.exactMicros);
    if (taken <= 0n) continue;
    const grossMicros = carry.print(-taken, -line.grossMicros, 0n);
    if (grossMicros === 0n) continue;
    const takenQuantity = min(leftQuantity, line.quantity);
    left -= taken;
    leftQuantity -= takenQuantity;
    const { slot } = line;
    planned.push({ slot, exactMicros: -taken, grossMicros, quantity: -takenQuantity, corrects: line });
  }
  return planned;
}

function add(
  { slot, micros, quantity }: { slot: string; micros: Micros; quantity: bigint },
  carry: Carry,
): PlannedLine[] {
  const grossMicros = carry.print(micros, 0n, null);
  if (grossMicros === 0n) return [];
  return [{ slot, exactMicros: micros, grossMicros, quantity: quantity > 0n ? quantity : 0n, corrects: null }];
}

/** The fractions of a coin that a payer's documents do not show so far. */
class Carry {
  private micros: Micros;

  constructor(standing: readonly StandingLine[]) {
    this.micros = sum(standing, 'exactMicros') - sum(standing, 'grossMicros');
  }

  /** What is printed for an exact amount, within bounds; the rest of it is carried. Nothing printed: nothing happened. */
  print(exactMicros: Micros, low: Micros, high: Micros | null): Micros {
    const whole = floorToMinor(this.micros + exactMicros);
    const bounded = whole < low ? low : high !== null && whole > high ? high : whole;
    if (bounded !== 0n) this.micros += exactMicros - bounded;
    return bounded;
  }
}

function sum(lines: readonly StandingLine[], key: 'exactMicros' | 'grossMicros' | 'quantity'): bigint {
  return lines.reduce((total, line) => total + line[key], 0n);
}

/** Down to whole coins, also below zero: what is printed of all documents together never exceeds what was used. */
function floorToMinor(micros: Micros): Micros {
  const rest = ((micros % MICROS_PER_MINOR) + MICROS_PER_MINOR) % MICROS_PER_MINOR;
  return micros - rest;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
