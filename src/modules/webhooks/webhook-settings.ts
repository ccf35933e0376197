import { Injectable } from '@nestjs/common';

/** Times of deliveries; tests have others. */
@Injectable()
export class WebhookSettings {
  connectTimeoutMs = 5_000;
  /** From the request to the end of its answer. */
  timeoutMs = 15_000;
  /** How long a worker that stops waits for answers. */
  drainMs = 5_000;
}
