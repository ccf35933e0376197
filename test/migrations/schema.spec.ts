import { readFile } from 'node:fs/promises';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { describeSchema } from '../support/schema.js';

describe('The schema', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  it('is the one in schema.sql (npm run schema:update rewrites it)', async () => {
    const kept = await readFile(new URL('../../../test/migrations/schema.sql', import.meta.url), 'utf8');
    expect(await describeSchema(db.database)).toBe(kept);
  });
});
