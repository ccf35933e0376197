import { Readable } from 'node:stream';
import type { DomainError } from '../../../kernel/domain-error.js';
import { type CsvRow, type DelimiterName, type Encoding, readCsv } from './csv-reader.js';
import { isConsent, readHeader } from './list-columns.js';

async function rows(
  content: string | Buffer | Buffer[],
  options: { encoding?: Encoding; delimiter?: DelimiterName } = {},
): Promise<CsvRow[]> {
  const chunks = Array.isArray(content) ? content : [Buffer.from(content as string)];
  const found: CsvRow[] = [];
  for await (const row of readCsv(Readable.from(chunks), { encoding: 'utf-8', ...options })) found.push(row);
  return found;
}
const refusal = async (content: string | Buffer, options = {}): Promise<DomainError> =>
  rows(Buffer.isBuffer(content) ? [content] : content, options).then(
    () => Promise.reject(new Error('was read')),
    (error: DomainError) => error,
  );

describe('reading CSV', () => {
  it('finds the delimiter, drops the mark, keeps quoted line breaks', async () => {
    expect(await rows('\ufeffphone;name\n+7916;"a;b\nc"\n\n+48;x')).toEqual([
      { line: 1, fields: ['phone', 'name'] },
      { line: 3, fields: ['+7916', 'a;b\nc'] },
      { line: 5, fields: ['+48', 'x'] },
    ]);
    expect((await rows('phone\tname\n1\ta,b'))[1]!.fields).toEqual(['1', 'a,b']);
  });

  it('reads other encodings, and characters that are cut between chunks', async () => {
    const cyrillic = Buffer.from([0xcf, 0xf0, 0xe8, 0x2c, 0x31]);
    expect((await rows([Buffer.from('a,b\n'), cyrillic], { encoding: 'windows-1251' }))[1]!.fields).toEqual([
      'При',
      '1',
    ]);
    const bytes = Buffer.from('a,b\nΕλένη,1');
    const cut = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect((await rows(cut))[1]!.fields).toEqual(['Ελένη', '1']);
  });

  it.each([
    ['an open quote', 'a,b\n1,"x\n2,y', 'csv_quotes'],
    ['a quote within a field', 'a,b\n1,"x"y\n', 'csv_quotes'],
    ['a missing column', 'a,b\n1,2\n3\n', 'csv_columns'],
    ['a NUL', 'a,b\n1,x\0y\n', 'csv_character'],
    ['a line of 10 MB', `a,b\n1,${'x'.repeat(10_000_000)}`, 'csv_line_too_long'],
    ['a header of 10 MB', 'x'.repeat(10_000_000), 'csv_line_too_long'],
  ])('refuses %s', async (_name, content, code) => {
    expect((await refusal(content)).code).toBe(code);
  });

  it('names the line', async () => {
    expect((await refusal('a,b\n1,2\n3\n')).details.extension).toEqual({ line: 3 });
  });

  it('refuses bytes that are not of the encoding', async () => {
    expect((await refusal(Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xcf, 0xf0]))).code).toBe('csv_encoding');
  });

  it('tells when the upload was cut off', async () => {
    const body = new Readable({ read() {} });
    body.push('a,b\n1,2\n');
    setTimeout(() => body.destroy(new Error('gone')), 20);
    const reading = (async () => {
      for await (const row of readCsv(body, { encoding: 'utf-8' })) expect(row.fields).toHaveLength(2);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'upload_interrupted' });
  });
});

describe('columns', () => {
  it('are found by their usual names or by the given one', () => {
    expect(readHeader(['Имя', 'Телефон', 'Согласие'], {})).toEqual({
      names: ['Имя', 'Телефон', 'Согласие'],
      phone: 1,
      consent: 2,
    });
    expect(readHeader(['a', 'b'], { phoneColumn: 'B' })).toEqual({ names: ['a', 'b'], phone: 1, consent: null });
    expect(() => readHeader(['a', 'b'], {})).toThrow('csv_column_missing');
    expect(() => readHeader(['phone', 'b'], { consentColumn: 'c' })).toThrow('csv_column_missing');
    expect(() => readHeader(['phone', 'Phone'], {})).toThrow('csv_header');
    expect(() => readHeader(['phone', ''], {})).toThrow('csv_header');
  });
  it.each(['yes', ' Да ', 'TAK', '1', 'ναι'])('%p is consent', (value) => expect(isConsent(value)).toBe(true));
  it.each(['', 'no', '0', 'нет', 'maybe'])('%p is not', (value) => expect(isConsent(value)).toBe(false));
});
