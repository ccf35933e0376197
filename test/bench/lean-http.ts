import { Pool } from 'undici';

/** POSTs over a pool of undici, as they are. */
export class LeanHttp {
  private readonly pool: Pool;

  constructor(port: number, connections: number) {
    this.pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  }

  /** Answers the id that the peer gave. */
  async send(recipient: string): Promise<string> {
    const { statusCode, body } = await this.pool.request({
      method: 'POST',
      path: '/messages',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: recipient, from: 'Lean', text: 'hello' }),
    });
    const answer = (await body.json()) as { id: string };
    if (statusCode !== 200) throw new Error(`the peer answered ${statusCode}`);
    return answer.id;
  }
}
