import { Secrets } from '../../../src/config/secrets.js';
import { CapsService } from '../../../src/modules/identity/caps.service.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('Caps', () => {
  let db: TestDatabase;
  let processes: CapsService[];
  const now = new Date('2026-03-02T12:30:00Z');

  beforeAll(async () => {
    db = await createTestDatabase({ poolSize: 20 });
    const secrets = new Secrets(Buffer.alloc(32, 7), []);
    processes = [new CapsService(db.database, secrets), new CapsService(db.database, secrets)];
  });
  afterAll(() => db.drop());

  const rule = (name: string, cap: number, seconds = 3_600) => ({ name, cap, seconds });

  it('let exactly the cap through of a hundred that come at once through two processes', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, n) => {
        const caps = processes[n % 2]!;
        return caps.take(caps.capsFor([rule('race', 60)], 'somebody'), now, 'too_many_codes');
      }),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(60);
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused[0]).toMatchObject({
      kind: 'rate_limited',
      code: 'too_many_codes',
      details: { retryAfterSeconds: 1_800 },
    });
  });

  it('count all of several buckets or none: a refused try uses up nothing', async () => {
    const [caps] = processes as [CapsService];
    const wide = caps.capsFor([rule('wide', 10)], 'x');
    const both = [...wide, ...caps.capsFor([rule('tight', 1)], 'x')];
    await caps.take(both, now, 'full');
    for (let tried = 0; tried < 20; tried++)
      await expect(caps.take(both, now, 'full')).rejects.toMatchObject({ code: 'full' });
    for (let taken = 1; taken < 10; taken++) await caps.take(wide, now, 'full');
    await expect(caps.take(wide, now, 'full')).rejects.toMatchObject({ code: 'full' });
  });

  it('do not wait for each other in a circle, whatever the order in which buckets are named', async () => {
    const [caps] = processes as [CapsService];
    const one = caps.capsFor([rule('one', 1_000)], 'y');
    const two = caps.capsFor([rule('two', 1_000)], 'y');
    const tries = Array.from({ length: 60 }, (_, n) =>
      caps.take(n % 2 ? [...one, ...two] : [...two, ...one], now, 'full'),
    );
    await expect(Promise.all(tries)).resolves.toHaveLength(60);
  });

  it('open again with the next window, and when a try is given back', async () => {
    const [caps] = processes as [CapsService];
    const tight = caps.capsFor([rule('again', 1)], 'z');
    await caps.take(tight, now, 'full');
    await caps.giveBack(tight, now);
    await caps.giveBack(tight, now);
    await caps.take(tight, now, 'full');
    await expect(caps.take(tight, now, 'full')).rejects.toMatchObject({ code: 'full' });
    await caps.take(tight, new Date('2026-03-02T13:00:00Z'), 'full');
  });

  it('keep no subject in clear', async () => {
    const [caps] = processes as [CapsService];
    await caps.take(caps.capsFor([rule('number', 1)], '79161234567'), now, 'full');
    const rows = await db.database.query('SELECT bucket FROM attempt_counters');
    expect(JSON.stringify(rows)).not.toContain('79161234567');
  });
});
