import { DispatchStage, letReportsGo } from './dispatch-stage.js';
import { LeanProcess } from './lean-process.js';
import type { OpenedCabinet } from './opened-cabinet.js';

const POSTS_AT_ONCE = 64;

/** What is queued over one SMPP link, against a lean loop over the `smpp` package. Nothing is reported meanwhile. */
export function dispatchSmpp(): Promise<Record<string, unknown>> {
  return DispatchStage.with(null, async (stage) => {
    const providerId = await sandboxProvider(stage.cabinet);
    return stage.inTurns(
      (to) => stage.ours.dispatch(to, providerId),
      (to) => stage.lean.dispatch(to),
    );
  });
}

/** What is queued over one HTTP provider, against a lean loop of POSTs over undici, to the same server. */
export async function dispatchHttp(): Promise<Record<string, unknown>> {
  const peer = await LeanProcess.start<number>('http-peer.js', {});
  try {
    return await DispatchStage.with(peer.ready, async (stage) => {
      const providerId = await addHttpProvider(stage.cabinet, peer.ready);
      return stage.inTurns(
        (to) => stage.ours.dispatch(to, providerId),
        (to) => stage.lean.dispatch(to),
      );
    });
  } finally {
    await peer.stop();
  }
}

/** Reports of messages that were sent before, all at once, against a lean loop that applies by 500. */
export function deliveryReports(): Promise<Record<string, unknown>> {
  return DispatchStage.with(null, async (stage) => {
    const { operatorControlUrl } = stage.cabinet.processes;
    return stage.inTurns(
      async (to) => {
        const run = await stage.ours.applyReports(to, () => letReportsGo(operatorControlUrl, true));
        await letReportsGo(operatorControlUrl, false);
        return run;
      },
      (to) => stage.lean.applyReports(to),
    );
  });
}

async function sandboxProvider({ staff }: OpenedCabinet): Promise<string> {
  const { data } = await staff.get<{ data: { id: string; code: string }[] }>('/admin/v1/providers');
  return data.find(({ code }) => code === 'sandbox')!.id;
}

/** A company described as data, with a route for all numbers of the benchmarks. */
async function addHttpProvider({ staff }: OpenedCabinet, port: number): Promise<string> {
  const { id } = await staff.post<{ id: string }>('/admin/v1/providers', {
    code: 'bench-http',
    kind: 'http',
    name: 'HTTP peer',
    ratePerSecond: 100_000,
    credentials: {},
    settings: {
      request: {
        method: 'POST',
        url: `http://127.0.0.1:${port}/messages`,
        body: { type: 'json', content: { to: '{{to}}', from: '{{sender}}', text: '{{text}}' } },
      },
      answer: { success: { source: { pointer: '/status' }, values: ['ok'] }, messageId: { pointer: '/id' } },
      limits: { maxConcurrent: POSTS_AT_ONCE },
    },
  });
  await staff.post('/admin/v1/routes', { prefix: '7916', providerId: id });
  return id;
}
