import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ReportCheck, ReportReader } from '../../src/modules/providers/http/report-reader.js';
import type { ReportSettings } from '../../src/modules/providers/http/http-settings.js';
import type { ProviderReport } from '../../src/modules/providers/sms-provider.js';

/** Our callback address without the rest of the product: for the adapter's own tests. */
export async function startCallbackReceiver(
  settings: () => ReportSettings,
  store: (reports: ProviderReport[]) => Promise<void>,
  { secrets = {}, check }: { secrets?: Record<string, string>; check?: ReportCheck | undefined } = {},
): Promise<{ url: string; close: () => void }> {
  let origin = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = {
        url: origin + request.url,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      Promise.resolve()
        .then(() => store(new ReportReader(settings(), secrets, check).read(call, new Date()).reports))
        .then(
          () => response.writeHead(200).end('OK'),
          () => response.writeHead(503).end(),
        );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/in`, close: () => void server.close() };
}
