import pg from 'pg';
import { createTestDatabase } from '../../support/database.js';

describe('createTestDatabase', () => {
  it('fails the teardown that leaks a connection, whoever opened it, and drops the database anyway', async () => {
    const [checkedOut, outside] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const client = await checkedOut.database.pool.connect();
    client.on('error', () => undefined);
    const stranger = new pg.Client({ connectionString: outside.url, application_name: 'forgotten' });
    stranger.on('error', () => undefined);
    await stranger.connect();

    await Promise.all([
      expect(checkedOut.drop()).rejects.toThrow("1 still checked out of the spec's pool"),
      expect(outside.drop()).rejects.toThrow('forgotten, idle'),
    ]);
    client.release(true);
    await expect(new pg.Client(outside.url).connect()).rejects.toMatchObject({ code: '3D000' });
    await checkedOut.dataSource.destroy();
  });
});
