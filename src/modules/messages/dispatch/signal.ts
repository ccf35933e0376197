/** Wakes one sleeper. Raised while nobody sleeps, it makes the next sleep end at once. */
export class Signal {
  private raised = false;
  private wakeUp: (() => void) | undefined;

  raise(): void {
    this.raised = true;
    this.wakeUp?.();
  }

  /** Forgets what was raised before; call before looking, so that nothing raised while looking is lost. */
  lower(): void {
    this.raised = false;
  }

  /** Resolves when raised, aborted, or after `ms`. */
  wait(ms: number, abort?: AbortSignal): Promise<void> {
    if (this.raised || abort?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        abort?.removeEventListener('abort', done);
        this.wakeUp = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      abort?.addEventListener('abort', done, { once: true });
      this.wakeUp = done;
    });
  }
}
