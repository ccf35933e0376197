/** Runs what comes while a run is under way in the next one, all at once: the first of a run waits a moment for company. */
export class Gatherer<Item> {
  private waiting: { item: Item; resolve: () => void; reject: (error: unknown) => void }[] = [];
  private running = false;

  constructor(
    private readonly waitMs: number,
    private readonly run: (items: Item[]) => Promise<void>,
  ) {}

  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.running) return;
      this.running = true;
      setTimeout(() => void this.drain(), this.waitMs);
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const callers = this.waiting.splice(0);
      await this.run(callers.map(({ item }) => item)).then(
        () => callers.forEach(({ resolve }) => resolve()),
        (error: unknown) => callers.forEach(({ reject }) => reject(error)),
      );
    }
    this.running = false;
  }
}
