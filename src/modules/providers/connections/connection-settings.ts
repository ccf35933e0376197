/** Times of the links of a worker, in milliseconds. Injected, so that tests need not wait. */
export class ConnectionSettings {
  /** How long a bind stays ours without a heartbeat: what a killed worker keeps its binds from the others. */
  leaseMs = 4_000;
  /** A link is dropped so long before its lease ends: in doubt the bind is not ours any more. */
  leaseMarginMs = 500;
  /** Between two looks at table and links; also the heartbeat. */
  tickMs = 1_000;
  /** After a bind was taken, others may want the next one. */
  takeNextMs = 150;
  /** For open answers when a link is closed because something was changed. */
  drainMs = 5_000;
  /** After a link could not even be opened. */
  failurePauseMs = 10_000;
}
