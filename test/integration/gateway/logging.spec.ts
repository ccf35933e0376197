import { createLogger, NestLogger } from '../../../src/gateway/logging.js';
import { newId } from '../../../src/kernel/ids.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const SECRET = 'sealed-and-nobody-elses-business';
/** Refused by a check of its table; PostgreSQL then tells the whole row. */
const FAILING = `
  INSERT INTO providers (id, code, kind, name, settings, credentials, status, rate_per_second, sender_policy, created_at, updated_at)
  VALUES ($1, $2, 'pigeon', 'Test', '{}', $3, 'active', 1, '{}', now(), now())`;

let db: TestDatabase;
let lines: string[];
let logger: NestLogger;

beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => {
  lines = [];
  logger = new NestLogger(createLogger('info', 'test', { write: (line) => void lines.push(line) }));
});

const values = () => {
  const id = newId();
  return [id, `p-${id}`, JSON.stringify({ data: SECRET })];
};
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as Error,
  );
const ofPg = () => failureOf(db.database.query(FAILING, values()));
const ofTypeOrm = () => failureOf(db.database.transaction((tx) => tx.manager.query(FAILING, values())));

describe('an error of the database in the log', () => {
  it.each<[string, () => Promise<Error>]>([
    ['pg', ofPg],
    ['TypeORM', ofTypeOrm],
  ])('says what failed and holds no value of a row: %s', async (_whose, fail) => {
    const error = await fail();
    // Else there is nothing to keep out.
    expect(JSON.stringify(Object.entries(error))).toContain(SECRET);
    logger.error({ err: error, msg: 'it failed' });
    const [line] = lines;
    expect(line).not.toContain(SECRET);
    expect(JSON.parse(line!)).toMatchObject({
      msg: 'it failed',
      err: {
        message: expect.stringContaining('violates check constraint'),
        errorCode: '23514',
        table: 'providers',
        constraint: 'providers_kind',
        stack: expect.stringContaining('logging.spec'),
      },
    });
  });

  it('is told apart from one-time codes, which are cut out', () => {
    logger.log({ registration: { code: '123456' }, msg: 'asked' });
    expect(lines[0]).not.toContain('123456');
  });

  it('holds none either when it comes bare, as a cause, or among others', async () => {
    const [pg, typeOrm] = [await ofPg(), await ofTypeOrm()];
    logger.error(pg);
    logger.error(typeOrm, 'stack', 'context');
    logger.error({ err: new Error('outer', { cause: pg }) });
    logger.warn({ err: new AggregateError([pg, typeOrm], 'several') });
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).not.toContain(SECRET);
      expect(line).toContain('providers_kind');
    }
  });
});
