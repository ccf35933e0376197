/**
 * What becomes of a message to a number. `refused`: the submit itself is refused (0x0b). `silent`: accepted and shown on
 * the phone, but no report ever comes. The others are the final word of a delivery report.
 */
export const OUTCOMES = ['delivered', 'undelivered', 'expired', 'rejected', 'refused', 'silent'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Share of all numbers, 0 to 1, by outcome; what is left is delivered. */
export type Shares = Partial<Record<Exclude<Outcome, 'delivered'>, number>>;

/**
 * Decides by the number alone, so that a test can say beforehand what a run must end with: first by its last digits, then
 * by a hash that spreads neighbouring numbers evenly.
 */
export function outcomeOf(number: string, shares: Shares, suffixes: Readonly<Record<string, Outcome>>): Outcome {
  let longest = '';
  for (const suffix of Object.keys(suffixes))
    if (suffix.length > longest.length && number.endsWith(suffix)) longest = suffix;
  if (longest) return suffixes[longest]!;
  let point = hash(number) / 2 ** 32;
  for (const outcome of OUTCOMES) {
    const share = outcome === 'delivered' ? 0 : (shares[outcome] ?? 0);
    if (point < share) return outcome;
    point -= share;
  }
  return 'delivered';
}

/** FNV-1a over the digits, mixed once more because its high bits hardly move with the last digit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** A small seeded generator (mulberry32), so that a run with the same seed has the same delays. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
