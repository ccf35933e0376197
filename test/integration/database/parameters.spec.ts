import fc from 'fast-check';
import { toParameters } from '../../../src/database/parameters.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

describe('array parameters', () => {
  let db: TestDatabase;

  beforeAll(async () => {
    db = await createTestDatabase({ empty: true });
  });
  afterAll(() => db.drop());

  async function echo(type: string, elements: readonly unknown[]): Promise<unknown> {
    const rows = await db.database.query<{ echo: unknown }>(`SELECT $1::${type}[] AS echo`, [elements]);
    return rows[0]!.echo;
  }

  it('arrive whatever text is in them', async () => {
    // U+0000 and lone surrogates are nothing that PostgreSQL could store.
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && one.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (texts) => {
        expect(await echo('text', texts)).toEqual(texts);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    '',
    ' ',
    'null',
    'NULL',
    'Null',
    '{}',
    '{1,2}',
    'a,b',
    '"',
    '\\',
    '\\"',
    "'",
    ' x',
    'x\n',
    '\t',
    'ё',
    '(1,2)',
    '+7',
    '-',
    '\u00a0',
  ])('keep %j as it is', async (text) => {
    expect(await echo('text', [text, null, text, undefined])).toEqual([text, null, text, null]);
  });

  it('keep numbers, 64-bit integers, truth and instants', async () => {
    const at = new Date('2026-03-29T01:00:00.123Z');
    expect(await echo('int', [1, -2, null])).toEqual([1, -2, null]);
    expect(await echo('float8', [0.1, -1e21, Infinity, NaN])).toEqual([0.1, -1e21, Infinity, NaN]);
    expect(await echo('text', [2n ** 63n - 1n, -(2n ** 63n)])).toEqual(['9223372036854775807', '-9223372036854775808']);
    expect(await echo('boolean', [true, false, null])).toEqual([true, false, null]);
    expect(await echo('timestamptz', [at, null, at])).toEqual([at, null, at]);
    expect(await echo('timestamptz', [new Date(-1), at])).toEqual([new Date(-1), at]);
  });

  it('leave to the driver what is not a flat list of such', async () => {
    expect(await echo('bytea', [Buffer.from([0, 255])])).toEqual([Buffer.from([0, 255])]);
    expect(toParameters([[[1], [2]], { a: 1 }, 'x', null])).toEqual([[[1], [2]], { a: 1 }, 'x', null]);
  });
});
