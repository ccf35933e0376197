import type { OutboundPolicy } from '../../../outbound/guarded-connect.js';
import { HttpClient } from '../../../outbound/http-client.js';
import type { HttpAnswer } from './answer-reader.js';
import type { HttpLimits } from './http-settings.js';
import type { BuiltRequest } from './request-builder.js';

/** Questions beside the sending: balance, statuses. On connections of their own, so that no message waits for them. */
export class SideClient {
  constructor(
    private readonly limits: HttpLimits,
    private readonly policy: OutboundPolicy,
  ) {}

  /** Null when no whole answer came. Never rejects. */
  async ask(request: BuiltRequest): Promise<HttpAnswer | null> {
    const client = new HttpClient(request.origin, { ...this.limits, maxConcurrent: 1 }, this.policy);
    const exchange = await client.exchange(request);
    await client.destroy();
    return exchange.kind === 'answer' ? exchange.answer : null;
  }
}
