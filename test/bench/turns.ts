import { median } from './order-statistics.js';

/** One measured run of either side. */
export interface Run<Part extends string = string> {
  /** Messages a second. */
  rate: number;
  /** CPU a message by part, in microseconds; null where the system does not say. */
  cpu: Record<Part, number | null>;
}

/** Ours and the baseline, A B A B …: whoever else uses the machine slows neighbours alike. */
export async function inTurns<Ours, Lean>(
  pairs: number,
  ours: () => Promise<Ours>,
  lean: () => Promise<Lean>,
): Promise<{ ours: Ours[]; lean: Lean[] }> {
  const runs: { ours: Ours[]; lean: Lean[] } = { ours: [], lean: [] };
  for (let pair = 0; pair < pairs; pair++) {
    runs.ours.push(await ours());
    runs.lean.push(await lean());
  }
  return runs;
}

export function medianRate(runs: readonly { rate: number }[]): number {
  return median(runs.map(({ rate }) => rate));
}

/** The median of the ratios of each pair. */
export function medianRatio(ours: readonly { rate: number }[], lean: readonly { rate: number }[]): number {
  return median(ours.map(({ rate }, pair) => rate / lean[pair]!.rate));
}

/** CPU a message by part, median over the runs, in whole microseconds. */
export function medianCpu<Part extends string>(runs: readonly Run<Part>[]): Record<Part, number> {
  const parts = Object.keys(runs[0]?.cpu ?? {}) as Part[];
  const ofPart = (part: Part) => Math.round(median(runs.map(({ cpu }) => cpu[part] ?? Number.NaN)));
  return Object.fromEntries(parts.map((part) => [part, ofPart(part)])) as Record<Part, number>;
}

export function sum(cpu: Record<string, number>): number {
  return Object.values(cpu).reduce((total, part) => total + part, 0);
}
