import { setTimeout as sleep } from 'node:timers/promises';

const CALLERS = 4;
const MOST_PER_CALL = 100;
const PATIENCE_MS = 120_000;
const SHORT = 'Your appointment is tomorrow at 10:00.';
const UCS2 = 'Ждём вас завтра в 10:00. Пожалуйста, возьмите с собой полис, паспорт и результаты анализов.';
const LONG = `${'Please bring your insurance card and the results. '.repeat(7)}{end}`;

interface Call {
  key: string;
  dueMs: number;
  lane: 'transactional' | 'bulk';
  recipients: { to: string; text: string }[];
}

/** What a portal was answered for one recipient. */
export interface Answered {
  id: string;
  status: string;
}

/**
 * A portal that sends to as many numbers as it is told, each once, spread over some seconds: calls of one and of up to a hundred
 * recipients. What is not answered with 202 is asked again at the other API under the same idempotency key.
 */
export class Traffic {
  readonly answers = new Map<string, Answered>();
  private readonly calls: Call[];
  private next = 0;

  constructor(
    private readonly apiUrls: readonly string[],
    private readonly apiKey: string,
    options: { messages: number; seconds: number; random: () => number },
  ) {
    this.calls = planCalls(options);
  }

  /** Resolves when everything is accepted. */
  async run(signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const caller = async (number: number): Promise<void> => {
      for (let call = this.calls[this.next++]; call; call = this.calls[this.next++]) {
        await sleep(Math.max(0, startedAt + call.dueMs - performance.now()), undefined, { signal });
        await this.insist(call, number, signal);
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, (_, number) => caller(number)));
  }

  private async insist(call: Call, first: number, signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      const failure = await this.send(call, this.apiUrls[(first + tries) % this.apiUrls.length]!);
      if (failure === null) return;
      if (performance.now() > deadline) throw new Error(`a call was not accepted in ${PATIENCE_MS} ms: ${failure}`);
      await sleep(250, undefined, { signal });
    }
  }

  /** Null when it was accepted, else why not. @throws Error for what no repetition will change. */
  private async send({ key, lane, recipients }: Call, url: string): Promise<string | null> {
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ lane, recipients }),
    }).catch((error: unknown) => String(error));
    if (typeof response === 'string') return response;
    const body = await response.text().catch(() => '');
    if (response.status === 202) {
      const { items } = JSON.parse(body) as { items: (Answered & { index: number })[] };
      for (const { index, id, status } of items) this.answers.set(recipients[index]!.to, { id, status });
      return null;
    }
    if (response.status < 500 && response.status !== 409 && response.status !== 429)
      throw new Error(`POST /v1/messages answered ${response.status}: ${body}`);
    return `${response.status} ${body.slice(0, 200)}`;
  }
}

function planCalls({ messages, seconds, random }: { messages: number; seconds: number; random: () => number }): Call[] {
  const calls: Call[] = [];
  for (let planned = 0; planned < messages;) {
    const size = Math.min(messages - planned, random() < 0.3 ? 1 : 1 + Math.floor(random() * MOST_PER_CALL));
    const recipients = Array.from({ length: size }, (_, index) => ({
      to: `+${79_160_000_000 + planned + index}`,
      text: textFor(random()),
    }));
    const dueMs = (planned / messages) * seconds * 1_000;
    calls.push({ key: `soak-${calls.length}`, dueMs, lane: random() < 0.5 ? 'bulk' : 'transactional', recipients });
    planned += size;
  }
  return calls;
}

/** One part, two and three. */
function textFor(draw: number): string {
  if (draw < 0.8) return SHORT;
  return draw < 0.92 ? UCS2 : LONG;
}
