import type { ActiveConnection, Lane } from '../../providers/index.js';
import type { Parcel } from './flight.js';

/**
 * How much of a link's window is taken, in what the link counts: parts or messages. What is begun and waits for its slot
 * counts like what is in flight.
 */
export class LinkRoom {
  /** Of a message, lately. */
  averageUnits = 1;
  private waiting = 0;
  private readonly flow = new Flow();

  constructor(private readonly connection: ActiveConnection) {}

  /** Units that may be begun now. A tenth of the window is kept for one-time codes. */
  for(lane: Lane): number {
    const kept = lane === 'otp' ? 0 : Math.floor(this.connection.provider.state().window / 10);
    return this.connection.freeSlots() - this.waiting - kept;
  }

  /** Nothing is in flight, and nothing is about to be. */
  get isUnused(): boolean {
    return this.waiting + this.connection.provider.state().inFlight === 0;
  }

  /** Units that left in the last second or so. */
  get perSecond(): number {
    return this.flow.perSecond();
  }

  begun(parcels: readonly Parcel[], messages: number): void {
    const units = parcels.length;
    this.averageUnits += 0.2 * (units / messages - this.averageUnits);
    this.waiting += units;
    this.flow.add(units);
  }

  handedOver(parcels: readonly Parcel[]): void {
    this.waiting -= parcels.length;
  }

  /** Nothing waits any more: the link is given up. */
  clear(): void {
    this.waiting = 0;
  }
}

/** How much left in the last second or so: older ones count less and less. */
class Flow {
  private sum = 0;
  private at = performance.now();

  add(units: number): void {
    this.sum = this.perSecond() + units;
    this.at = performance.now();
  }

  perSecond(): number {
    return this.sum * Math.exp((this.at - performance.now()) / 1_000);
  }
}
