/** Injection token and port for the current time: rules take `now` as a value, so that tests can move it. */
export abstract class Clock {
  abstract now(): Date;
}

/** The machine's clock, ahead by a fixed shift (0 in earnest). */
export class SystemClock extends Clock {
  constructor(private readonly shiftMs = 0) {
    super();
  }

  now(): Date {
    return new Date(Date.now() + this.shiftMs);
  }
}
