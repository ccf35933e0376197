import { Clock } from '../../src/kernel/clock.js';

/** A clock that stands still until it is told otherwise. */
export class FakeClock extends Clock {
  private current: Date;

  /** `start` is an instant with offset, such as `2026-03-02T12:00:00Z`. */
  constructor(start: Date | string = '2026-03-02T12:00:00Z') {
    super();
    this.current = new Date(start);
  }

  now(): Date {
    return new Date(this.current);
  }

  set(instant: Date | string): void {
    this.current = new Date(instant);
  }

  advance(step: { days?: number; hours?: number; minutes?: number; seconds?: number; ms?: number }): void {
    const { days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0 } = step;
    const total = (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000 + ms;
    this.current = new Date(this.current.getTime() + total);
  }
}

/** The machine's clock, which a test may put ahead: for what needs time to pass, and a long time to have passed. */
export class AdvancedClock extends Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance({ hours = 0, minutes = 0, seconds = 0 }: { hours?: number; minutes?: number; seconds?: number }): void {
    this.aheadMs += ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  }
}
