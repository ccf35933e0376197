/** The middle one; the upper one of two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value below which `share` (0 to 1) of all lie. */
export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** For printing. */
export function rounded(value: number, digits = 0): number {
  return Number(value.toFixed(digits));
}
