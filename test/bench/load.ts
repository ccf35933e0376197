import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { CpuMeter } from './cpu-meter.js';
import type { Run } from './turns.js';

/** One endpoint under load. */
export interface LoadTarget<Part extends string> {
  url: string;
  apiKey: string;
  meter: CpuMeter<Part>;
}

export interface LoadRun<Part extends string> extends Run<Part> {
  latencies: number[];
}

/**
 * Callers on keep-alive connections, each of which sends the next body when the last was answered, for some time. Every call has a key of
 * its own, and one that is not answered with 202 ends the benchmark.
 */
export class Load {
  constructor(
    private readonly callers: number,
    private readonly messagesPerCall: number,
    private readonly nextBody: () => string,
  ) {}

  /** Until the time is over or so many calls were answered, whichever comes first. */
  async run<Part extends string>(
    { url, apiKey, meter }: LoadTarget<Part>,
    runSeconds: number,
    maxCalls = Number.POSITIVE_INFINITY,
  ): Promise<LoadRun<Part>> {
    const pool = new Pool(url, { connections: this.callers, pipelining: 1 });
    const latencies: number[] = [];
    const cpuUsed = meter.start();
    const startedAt = performance.now();
    const endAt = startedAt + runSeconds * 1_000;
    const caller = async () => {
      while (performance.now() < endAt && latencies.length < maxCalls) latencies.push(await this.call(pool, apiKey));
    };
    await Promise.all(Array.from({ length: this.callers }, caller));
    const seconds = (performance.now() - startedAt) / 1_000;
    const messages = latencies.length * this.messagesPerCall;
    const run = { rate: messages / seconds, cpu: cpuUsed(messages), latencies };
    await pool.close();
    return run;
  }

  private async call(pool: Pool, apiKey: string): Promise<number> {
    const body = this.nextBody();
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const sentAt = performance.now();
    const answer = await pool.request({ method: 'POST', path: '/v1/messages', headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 202)
      throw new Error(`a call was answered with ${answer.statusCode}: ${text.slice(0, 500)}`);
    return performance.now() - sentAt;
  }
}
