import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestDatabase } from '../support/database.js';
import { startApiReplica } from '../support/replica.js';

const CREDENTIAL_KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const root = new URL('../../../', import.meta.url);

interface Operation {
  operationId: string;
  summary?: string;
  security: unknown[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, unknown>;
}

describe('OpenAPI', () => {
  let generated: string;
  beforeAll(async () => {
    const entry = fileURLToPath(new URL('dist/src/entrypoints/openapi.js', root));
    const { stdout } = await promisify(execFile)(process.execPath, [entry, '--print'], { maxBuffer: 64 * 1024 * 1024 });
    generated = stdout;
  });

  it('is the committed document (npm run openapi rewrites it)', async () => {
    expect(generated === (await readFile(new URL('openapi/openapi.json', root), 'utf8'))).toBe(true);
  });

  it('is what a process that was built and started serves at /docs', async () => {
    const db = await createTestDatabase();
    const api = await startApiReplica({ DATABASE_URL: db.url, JWT_SECRET: 's'.repeat(64), CREDENTIAL_KEYS });
    try {
      const served = await fetch(`${api.url}/docs/openapi.json`);
      expect(await served.json()).toEqual(JSON.parse(generated));
      expect(await (await fetch(`${api.url}/docs/`)).text()).toContain('Kabinet API');
    } finally {
      await api.stop();
      await db.drop();
    }
  });

  it('gives every operation a name of its own, a summary, a success and its problems', () => {
    const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(generated);
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ where: `${method} ${path}`, ...operation })),
    );
    expect(operations.length).toBeGreaterThan(50);
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const { where, operationId, summary, security, responses } of operations) {
      const statuses = Object.keys(responses);
      expect({
        where,
        named: /^[a-z][A-Za-z]+$/.test(operationId),
        summary: Boolean(summary),
        success: statuses.some((status) => status.startsWith('2')),
      }).toEqual({ where, named: true, summary: true, success: true });
      if (security.length > 0)
        expect({ where, statuses }).toEqual({ where, statuses: expect.arrayContaining(['401', '403']) });
    }
  });

  it('says how a JSON body is refused, wherever one is taken', () => {
    const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(generated);
    const taking = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { requestBody, responses }]) =>
        requestBody?.content['application/json']
          ? [{ where: `${method} ${path}`, statuses: Object.keys(responses) }]
          : [],
      ),
    );
    expect(taking.length).toBeGreaterThan(40);
    for (const { where, statuses } of taking)
      expect({ where, statuses }).toEqual({
        where,
        statuses: expect.arrayContaining(['400', '413', '415', '422']),
      });
  });

  it('shows that a recipient may be a bare number', () => {
    const { components } = JSON.parse(generated);
    expect(components.schemas.SendMessagesDto.properties.recipients.items.oneOf).toEqual([
      { $ref: '#/components/schemas/RecipientDto' },
      expect.objectContaining({ type: 'string' }),
    ]);
  });

  it('closes every path that is neither public by nature nor protected', () => {
    const { paths }: { paths: Record<string, Record<string, Operation>> } = JSON.parse(generated);
    const open = Object.entries(paths)
      .filter(([, item]) => Object.values(item).some(({ security }) => security.length === 0))
      .map(([path]) => path);
    for (const path of open)
      expect(path).toMatch(
        /^\/(health|callbacks|documents)\/|^\/(admin\/)?v1\/(registrations|sessions|invitations)|^\/v1\/message-states/,
      );
  });
});
