import { randomUUID } from 'node:crypto';

/** A portal: speaks to Kabinet over its REST API and knows nothing else of it. */
export class PortalClient {
  constructor(
    private readonly baseUrl: string,
    private readonly token?: string,
  ) {}

  as(token: string): PortalClient {
    return new PortalClient(this.baseUrl, token);
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.call<T>('POST', path, JSON.stringify(body), 'application/json');
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PUT', path, JSON.stringify(body), 'application/json');
  }

  /** Changes what is there now: reads its version first. */
  async patch(path: string, body: unknown): Promise<void> {
    const current = await this.send('GET', path);
    await current.arrayBuffer();
    await this.send('PATCH', path, JSON.stringify(body), 'application/json', current.headers.get('etag') ?? '*');
  }

  upload<T>(path: string, content: Buffer, type = 'text/csv'): Promise<T> {
    return this.call<T>('POST', path, content, type);
  }

  /** The raw answer: a page or a PDF. */
  async download(path: string): Promise<{ type: string; content: Buffer }> {
    const answer = await this.send('GET', path);
    return { type: answer.headers.get('content-type') ?? '', content: Buffer.from(await answer.arrayBuffer()) };
  }

  private async call<T>(method: string, path: string, body?: string | Buffer, type?: string): Promise<T> {
    const answer = await this.send(method, path, body, type);
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async send(
    method: string,
    path: string,
    body?: string | Buffer,
    type?: string,
    etag?: string,
  ): Promise<Response> {
    const headers: Record<string, string> = { 'idempotency-key': randomUUID() };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (type) headers['content-type'] = type;
    if (etag) headers['if-match'] = etag;
    const answer = await fetch(new URL(path, this.baseUrl), {
      method,
      headers,
      body: typeof body === 'string' ? body : body && new Uint8Array(body),
    });
    if (!answer.ok)
      throw new Error(`${method} ${path.split('?')[0]} answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}
