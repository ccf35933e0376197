/** Things that happen at the same moment happen in one turn, so that what they write leaves together. */
const SLOT_MS = 2;

/** Many delayed acts on few timers: an act happens up to {@link SLOT_MS} later than asked for, never earlier. */
export class Schedule {
  private readonly slots = new Map<number, { timer: NodeJS.Timeout; acts: (() => void)[] }>();

  after(ms: number, act: () => void): void {
    if (ms <= 0) return act();
    const now = performance.now();
    const slot = Math.ceil((now + ms) / SLOT_MS);
    const due = this.slots.get(slot);
    if (due) {
      due.acts.push(act);
      return;
    }
    const timer = setTimeout(() => this.run(slot), slot * SLOT_MS - now);
    this.slots.set(slot, { timer, acts: [act] });
  }

  /** Forgets everything that has not happened. */
  clear(): void {
    for (const { timer } of this.slots.values()) clearTimeout(timer);
    this.slots.clear();
  }

  private run(slot: number): void {
    const { acts } = this.slots.get(slot)!;
    this.slots.delete(slot);
    for (const act of acts) act();
  }
}
