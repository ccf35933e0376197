/** Tells a person how far the demo is: a bar on a terminal, a line a step elsewhere. */
export class Progress {
  private done = 0;
  private readonly startedAt = Date.now();

  constructor(
    private readonly steps: number,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {}

  async step<T>(label: string, work: () => Promise<T>): Promise<T> {
    this.draw(label);
    const result = await work();
    this.done++;
    if (!this.out.isTTY)
      this.out.write(`[${String(this.done).padStart(2)}/${this.steps}] ${this.seconds()} ${label}\n`);
    return result;
  }

  note(label: string): void {
    this.draw(label);
  }

  end(): void {
    if (this.out.isTTY) this.out.write('\r\u001b[2K');
  }

  private draw(label: string): void {
    if (!this.out.isTTY) return;
    const filled = Math.round((this.done / this.steps) * 24);
    this.out.write(
      `\r\u001b[2K[${'█'.repeat(filled)}${'░'.repeat(24 - filled)}] ${this.seconds()} ${label.slice(0, (this.out.columns ?? 80) - 38)}`,
    );
  }

  private seconds(): string {
    return `${((Date.now() - this.startedAt) / 1000).toFixed(1).padStart(5)} s`;
  }
}
