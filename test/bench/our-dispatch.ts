import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../../src/kernel/ids.js';
import { CpuMeter } from './cpu-meter.js';
import type { DeliveryWatch } from './delivery-watch.js';
import type { OpenedCabinet } from './opened-cabinet.js';
import type { Run } from './turns.js';

const CALL = 1_000;
/** Accepting leaves work behind (roll-ups, dry streams) that is not part of dispatch. */
const CALM_MS = 1_000;

/** What the sending half costs, beside the API. */
export type DispatchRun = Run<'worker' | 'postgres'>;

/** Our side of the benchmarks of dispatch: the worker process as it is, fed through the API. */
export class OurDispatch {
  private readonly meter: CpuMeter<'worker' | 'postgres'>;

  constructor(
    private readonly cabinet: OpenedCabinet,
    private readonly watch: DeliveryWatch,
  ) {
    const { worker } = cabinet.processes.pids;
    this.meter = new CpuMeter({ worker: () => [worker], postgres: cabinet.postgres });
  }

  /** Queues all while the provider rests, then lets it go: from the first claim until the last outcome is on record. */
  async dispatch(to: readonly string[], providerId: string): Promise<DispatchRun> {
    const { staff } = this.cabinet;
    await staff.post(`/admin/v1/providers/${providerId}/drain`);
    const from = await this.accept(to);
    await sleep(CALM_MS);
    const cpuUsed = this.meter.start();
    await staff.post(`/admin/v1/providers/${providerId}/resume`);
    await this.watch.allSubmitted(from);
    const endedAt = Date.now();
    const cpu = cpuUsed(to.length);
    const startedAt = await this.watch.firstClaimedAt(from);
    return { rate: to.length / ((endedAt - startedAt) / 1000), cpu };
  }

  /** Sends all while the operator keeps its reports, then lets these go: until the last one is applied. */
  async applyReports(to: readonly string[], release: () => Promise<unknown>): Promise<DispatchRun> {
    const from = await this.accept(to);
    await this.watch.allSubmitted(from);
    await sleep(CALM_MS);
    const cpuUsed = this.meter.start();
    const startedAt = performance.now();
    await release();
    await this.watch.allDelivered(from);
    const seconds = (performance.now() - startedAt) / 1000;
    return { rate: to.length / seconds, cpu: cpuUsed(to.length) };
  }

  /** Answers an id that is lower than those of the messages. */
  private async accept(to: readonly string[]): Promise<string> {
    const from = newId(new Date());
    for (let at = 0; at < to.length; at += CALL) {
      const recipients = to.slice(at, at + CALL).map((one) => `+${one}`);
      await this.cabinet.portal.post('/v1/messages', { recipients, text: 'hello' });
    }
    return from;
  }
}
