import type { Env } from '../../../config/env.js';

/** Sizes and times of dispatch. All of them have a stated maximum, so that memory and locks stay bounded. */
export class DispatchSettings {
  /** The truth beside all hints: an idle link looks at its queue this often. */
  pollMs = 250;
  /** Messages of one claim, at most. */
  maxBatch = 500;
  /** Streams looked at in one turn. */
  maxStreams = 32;
  /** How long a worker may be silent before what it was writing is called `unknown`. Longer than any provider's response time-out. */
  leaseMs = 60_000;
  /** A line is used for so long, then its end shows whether anything under it was forgotten. */
  lineMs = 300_000;
  /** A stream that has had nothing due for this long is put away. */
  dryMs = 1_000;
  /** Settling waits this long for company: a transaction costs about the same for one outcome and for fifty. */
  settleMs = 40;
  /** Messages of one settling transaction, at most. */
  settleBatch = 500;
  /** Outcomes that wait to be settled, over all links; beyond that nothing more is begun. */
  maxUnsettled = 1_000;
  /** How long a suspended account's streams rest before they are looked at again. */
  suspendedRestMs = 15_000;
  /** How long an unknown outcome waits to be explained before its money goes back. */
  unknownMs = 24 * 3_600_000;
  /** The same for messages that may be sent again (`at_least_once`). */
  repeatAfterMs = 120_000;
  /** Applying reports waits this long for more of them, and for the answers to the submits that they may have overtaken. */
  reportMs = 200;
  /** Reports of one transaction, at most. */
  reportBatch = 500;
  /** Reports are matched with attempts that are no older. */
  reportDays = 14;
  /**
   * A report that matches no id is compared with unknown outcomes by its recipient only after this long: by then the answers to
   * all submits of its time have come, or never will.
   */
  guessAfterMs = 60_000;
  /** Interval of the jobs: lapsed leases, validity, deadlines, dry streams. */
  housekeepingMs = 1_000;

  /** With the times that the environment says. Late answers have come by the time a lease has ended, or never will. */
  static of({ LEASE_SECONDS, UNKNOWN_OUTCOME_SECONDS }: Env): DispatchSettings {
    const leaseMs = LEASE_SECONDS * 1_000;
    return new DispatchSettings({ leaseMs, guessAfterMs: leaseMs, unknownMs: UNKNOWN_OUTCOME_SECONDS * 1_000 });
  }

  constructor(overrides: Partial<DispatchSettings> = {}) {
    Object.assign(this, overrides);
  }
}
