/** One thing that goes wrong, and when. */
export type Trouble = { atMs: number } & (
  | { kind: 'kill'; worker: number }
  | { kind: 'kill-api'; api: number }
  | { kind: 'crash' | 'stop' | 'cut' | 'late' | 'unreported' }
);

const KILL_EVERY_S = { least: 3, most: 6 };
const KILL_API_EVERY_S = 8;
const CUT_EVERY_S = 40;
const LATE_EVERY_S = 12;
/** Shorter runs have one restart of PostgreSQL, the crash. */
const TWO_RESTARTS_S = 60;

/** The same for the same seed: kills all the time, of APIs too, cuts and late answers now and then, PostgreSQL crashed, then stopped. */
export function planTroubles(seconds: number, random: () => number): Trouble[] {
  const troubles: Trouble[] = [];
  const at = (share: number): number => (share + (random() - 0.5) * 0.04) * seconds * 1_000;
  for (let second = 2; second < seconds * 0.95;) {
    troubles.push({ atMs: second * 1_000, kind: 'kill', worker: Math.floor(random() * 3) });
    second += KILL_EVERY_S.least + random() * (KILL_EVERY_S.most - KILL_EVERY_S.least);
  }
  const apiKills = Math.max(1, Math.round(seconds / KILL_API_EVERY_S));
  for (let kill = 0; kill < apiKills; kill++)
    troubles.push({ atMs: at((kill + 0.7) / apiKills), kind: 'kill-api', api: kill });
  troubles.push({ atMs: at(0.3), kind: 'crash' });
  if (seconds >= TWO_RESTARTS_S) troubles.push({ atMs: at(0.7), kind: 'stop' });
  const cuts = Math.max(1, Math.round(seconds / CUT_EVERY_S));
  for (let cut = 0; cut < cuts; cut++) troubles.push({ atMs: at((cut + 0.5) / cuts), kind: 'cut' });
  const late = Math.max(1, Math.round(seconds / LATE_EVERY_S));
  for (let burst = 0; burst < late; burst++) troubles.push({ atMs: at((burst + 0.2) / late), kind: 'late' });
  troubles.push({ atMs: at(0.6), kind: 'unreported' });
  return troubles.sort((one, other) => one.atMs - other.atMs);
}
