/** Injection token and port for the current time: rules take `now` as a value, so that tests can move it. */
export abstract class Clock {
  abstract now(): Date;
}

/** The real clock. */
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
