import { insertProvider } from '../support/factories/providers.js';
import { numbersOf } from '../support/numbers.js';
import { createProvidersApp, type ProvidersApp } from '../support/providers-app.js';

const HEADER = 'АВС/ DEF;От;До;Емкость;Оператор;Регион;Территория ГАР;ИНН';
const MTS = 'ПАО "Мобильные ТелеСистемы"';
/** As the registry's files come, with what people and spreadsheets do to them. */
const FILE = [
  HEADER,
  `916;0000000;9999999;10000000;${MTS};г. Москва и Московская область;;7740000076`,
  '"900";"0";"61999";"62000";"ООО ""Т2 Мобайл""";"Краснодарский край";"";"7743895280"',
  '',
  ' 925 ; 000 0000 ; 999 9999 ;; ПАО  «МегаФон» ;Москва;;',
  ';;;;;;;',
  '926;0000000;9999999;10000000;ПАО "МегаФон";Москва;;7812014560',
  '777;0000000;9999999;10000000;Кар-Тел;;;',
  '900;0050000;0070000;20001;ООО "Чужой";;;',
  '901;0000009;0000001;;ООО "Задом";;;',
  '902;0000000;0000099;99;ООО "Мало";;;',
  '903;0000000',
].join('\r\n');

describe('operators of numbers', () => {
  let app: ProvidersApp;
  let staff: Record<string, string>;

  beforeAll(async () => {
    app = await createProvidersApp();
    staff = app.asStaff();
  });
  afterAll(() => app.close());

  const http = (method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string) =>
    app.http()[method](`/admin/v1/${path}`).set(staff);
  const get = async (path: string, status = 200) => (await http('get', path).expect(status)).body;
  const upload = async (path: string, file: string | Buffer, status: number) =>
    (await http('post', path).set('content-type', 'text/csv').send(file).expect(status)).body;
  const importFile = (file: string | Buffer, status = 201, source = 'ru-def-9') =>
    upload(`number-imports?source=${source}`, file, status);
  const operatorOf = async (number: string) => (await get(`numbers/${number}`)).operatorCode;
  const trailOf = async (subject: string) =>
    (
      await app.db.database.query<{ action: string }>(
        'SELECT action FROM account_audit WHERE subject = $1 ORDER BY id',
        [subject],
      )
    ).map(({ action }) => action);

  it('come with the registry, each row for itself; what cannot be taken is named by its line', async () => {
    const mts = { code: 'ru-mts', name: 'МТС', country: 'RU', mcc: '250', mnc: '01', names: [MTS] };
    const created = await http('post', 'operators').send(mts).expect(201);
    expect(created.body).toEqual({ ...mts, names: expect.arrayContaining([MTS, 'МТС']) });
    const report = await importFile(`\ufeff${FILE}`);
    expect(report).toMatchObject({ source: 'ru-def-9', rows: 9, ranges: 4, refused: 5 });
    expect(report.newOperators).toEqual(['ru-t2-mobayl', 'ru-megafon']);
    expect(report.refusals).toEqual([
      { line: 8, code: 'code_of_kazakhstan' },
      { line: 9, code: 'ranges_overlap' },
      { line: 10, code: 'range_reversed' },
      { line: 11, code: 'capacity_differs' },
      { line: 12, code: 'columns_missing' },
    ]);
    expect(await get(`number-imports/${report.id}`)).toEqual(report);
    expect((await get('number-imports')).data).toHaveLength(1);
    expect(await get('numbers/+79161234567')).toEqual({
      number: '79161234567',
      country: 'RU',
      type: 'mobile',
      operatorCode: 'ru-mts',
      rule: 'range',
      range: {
        source: 'ru-def-9',
        first: '79160000000',
        last: '79169999999',
        operatorCode: 'ru-mts',
        name: MTS,
        region: 'г. Москва и Московская область',
      },
    });
    expect(await operatorOf('79000061999')).toBe('ru-t2-mobayl');
    expect(await operatorOf('79251234567')).toBe('ru-megafon');
    const kazakh = { country: 'KZ', operatorCode: null, rule: null, range: null };
    expect(await get('numbers/77771234567')).toMatchObject(kazakh);
    expect(await trailOf('number_source:ru-def-9')).toEqual(['numbers.imported']);
  });

  it('are those of the last file of each source, also in windows-1251; a file that cannot be used changes nothing', async () => {
    const cp1251 = (text: string) =>
      Buffer.from(
        Array.from(text, (letter) => {
          const code = letter.codePointAt(0)!;
          if (code < 0x80) return code;
          return code === 0x401 ? 0xa8 : code - 0x410 + 0xc0;
        }),
      );
    const next = `${HEADER}\n926;0000000;9999999;10000000;ПАО "МегаФон";Москва;;`;
    const report = await importFile(cp1251(next));
    expect(report).toMatchObject({ rows: 1, ranges: 1, refused: 0, newOperators: [] });
    expect(await operatorOf('79261234567')).toBe('ru-megafon');
    expect(await operatorOf('79161234567')).toBeNull();
    for (const [file, code] of [
      ['phone;name\n1;2', 'numbers_header'],
      ['', 'numbers_nothing_to_take'],
      [`${HEADER}\n777;0000000;9999999;10000000;Кар-Тел;;;`, 'numbers_nothing_to_take'],
      [Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.from([0xcf, 0xf0])]), 'numbers_unreadable'],
      [`${HEADER}\n${'9'.repeat(20_000)}`, 'numbers_unreadable'],
    ] as const)
      expect((await importFile(file, 422)).code).toBe(code);
    await http('post', 'number-imports?source=ru-def-9').send({}).expect(415);
    await importFile(FILE, 422, 'Not a code');
    expect(await operatorOf('79261234567')).toBe('ru-megafon');
    await importFile(FILE);
    await importFile(`${HEADER}\n495;0000000;9999999;10000000;${MTS};Москва;;`, 201, 'ru-abc-4');
    expect(await operatorOf('79161234567')).toBe('ru-mts');
    expect(await operatorOf('74951234567')).toBe('ru-mts');
  });

  it('have no two ranges of one source for a number: the database says so, whoever writes', async () => {
    const [{ source_no, operator_name }] = (await app.db.database.query<Record<string, number>>(
      `SELECT source_no, operator_name FROM number_ranges WHERE first_number = 79160000000`,
    )) as [Record<string, number>];
    const insert = (source: number, first: number, last: number) =>
      app.db.database.query(
        `INSERT INTO number_ranges (source_no, first_number, last_number, operator_name) VALUES ($1, $2, $3, $4)`,
        [source, first, last, operator_name],
      );
    const apart = { constraint: 'number_ranges_apart' };
    await expect(insert(source_no!, 79169999999, 79170000001)).rejects.toMatchObject(apart);
    await expect(insert(source_no!, 79160000001, 79160000001)).rejects.toMatchObject(apart);
    await expect(insert(source_no!, 7999, 79170000001)).rejects.toMatchObject({ constraint: 'number_ranges_order' });
    const [other] = await app.db.database.query<{ number: number }>(
      `INSERT INTO number_sources (code) VALUES ('corrections') RETURNING number`,
    );
    await insert(other!.number, 79160000001, 79160000001);
    await app.db.database.query(`DELETE FROM number_ranges WHERE source_no = $1`, [other!.number]);
  });

  it('are listed page by page', async () => {
    const pages = async (path: string, size: number) => {
      const found: { code?: string; first?: string; number?: string }[] = [];
      for (let cursor = ''; ;) {
        const { data, nextCursor } = await get(`${path}limit=${size}${cursor}`);
        found.push(...data);
        if (!nextCursor) return found;
        cursor = `&cursor=${nextCursor}`;
      }
    };
    expect((await pages('operators?', 1)).map(({ code }) => code)).toEqual(['ru-megafon', 'ru-mts', 'ru-t2-mobayl']);
    expect(await pages('operators?country=KZ&', 1)).toEqual([]);
    expect((await pages('number-ranges?', 2)).map(({ first }) => first)).toEqual([
      '74950000000',
      '79000000000',
      '79160000000',
      '79250000000',
      '79260000000',
    ]);
    expect(await pages('number-ranges?operatorCode=ru-mts&', 1)).toHaveLength(2);
    expect(await pages('number-ranges?source=ru-abc-4&', 1)).toHaveLength(1);
  });

  it('are renamed, and take over the names of others with their ranges', async () => {
    const { headers } = await http('get', 'operators/ru-mts').expect(200);
    const rename = (etag: string, body: object) => http('patch', 'operators/ru-mts').set('if-match', etag).send(body);
    const { body } = await rename(headers['etag']!, { name: 'MTS' }).expect(200);
    expect(body).toMatchObject({ name: 'MTS', mcc: '250', mnc: '01' });
    await rename(headers['etag']!, { name: 'X' }).expect(412);
    await rename('"v2"', { mcc: null }).expect(422);
    await http('post', 'operators').send({ code: 'ru-mts', name: 'x', country: 'RU' }).expect(409);
    await http('post', 'operators').send({ code: 'ru-x', name: 'x', country: 'RU', mcc: '250' }).expect(422);

    await http('post', 'operators').send({ code: 'ru-tele2', name: 'T2', country: 'RU' }).expect(201);
    const named = await http('put', 'operators/ru-tele2/names').send({ name: 'ООО «Т2 Мобайл»' }).expect(200);
    expect(named.body.names).toContain('ООО "Т2 Мобайл"');
    expect(await operatorOf('79000061999')).toBe('ru-tele2');
    expect((await importFile(FILE)).newOperators).toEqual([]);
    expect(await operatorOf('79000061999')).toBe('ru-tele2');
    // Whom nothing names any more may go; who has ranges may not.
    await http('delete', 'operators/ru-t2-mobayl').expect(204);
    expect((await http('delete', 'operators/ru-tele2').expect(409)).body.code).toBe('operator_in_use');
    expect(await trailOf('operator:ru-tele2')).toEqual(['operator.created', 'operator.named']);
    expect(await trailOf('operator:ru-t2-mobayl')).toEqual(['operator.removed']);
  });

  it('go with a number that is ported, one or many', async () => {
    const port = (number: string, operatorCode: string) =>
      http('put', `ported-numbers/${number}`).send({ operatorCode });
    await port('+79161234567', 'ru-megafon').expect(200);
    expect(await get('numbers/79161234567')).toMatchObject({
      operatorCode: 'ru-megafon',
      rule: 'ported',
      range: null,
    });
    expect(await operatorOf('79161234568')).toBe('ru-mts');
    expect((await port('79161234567', 'nobody').expect(422)).body.errors).toMatchObject([
      { pointer: '/operatorCode', code: 'operator_not_found' },
    ]);
    await port('123', 'ru-mts').expect(404);
    const file = [
      'number;operator',
      '+7 916 123-45-68;ru-tele2',
      '79161234569;nobody',
      'x1;ru-mts',
      '79161234568;ru-megafon',
    ];
    expect(await upload('ported-numbers', file.join('\n'), 200)).toEqual({
      rows: 4,
      numbers: 1,
      refused: 2,
      refusals: [
        { line: 3, code: 'operator_not_found' },
        { line: 4, code: 'invalid_number' },
      ],
    });
    expect(await operatorOf('79161234568')).toBe('ru-megafon');
    const [first, second] = (await get('ported-numbers?operatorCode=ru-megafon')).data;
    expect([first.number, second.number]).toEqual(['79161234567', '79161234568']);
    const page = await get('ported-numbers?limit=1');
    expect((await get(`ported-numbers?limit=1&cursor=${page.nextCursor}`)).data).toEqual([second]);
    await http('delete', 'ported-numbers/79161234567').expect(204);
    await http('delete', 'ported-numbers/79161234567').expect(404);
    expect(await operatorOf('79161234567')).toBe('ru-mts');
    // The trail tells no whole number.
    expect(await trailOf('number:7916*****67')).toEqual(['number.ported', 'number.port_removed']);
    expect(await trailOf('ported_numbers')).toEqual(['numbers.ported']);
  });

  it('decide routes, and keep to those who may see or change them', async () => {
    const [any, other] = [await insertProvider(app.db.database), await insertProvider(app.db.database)];
    const route = (body: object, status = 201) =>
      http('post', 'routes')
        .send({ prefix: '7', ...body })
        .expect(status);
    await route({ providerId: any });
    const ofMts = (await route({ providerId: other, operatorCode: 'ru-mts' })).body;
    expect(ofMts).toMatchObject({ prefix: '7', operatorCode: 'ru-mts' });
    expect((await route({ providerId: other, operatorCode: 'ru-mts' }, 409)).body.code).toBe('route_exists');
    expect((await route({ providerId: other, operatorCode: 'nobody' }, 422)).body.errors).toMatchObject([
      { pointer: '/operatorCode', code: 'operator_not_found' },
    ]);
    const pick = async (to: string) => (await get(`routes/pick?to=${to}&lane=bulk`)).providerId;
    expect(await pick('79161234500')).toBe(other);
    expect(await pick('79161234568')).toBe(any);
    expect(await pick('77771234567')).toBe(any);
    await http('put', 'ported-numbers/79161234568').send({ operatorCode: 'ru-mts' }).expect(200);
    expect(await pick('79161234568')).toBe(other);
    expect((await get('routes?operatorCode=ru-mts')).data).toEqual([ofMts]);
    expect((await http('delete', 'operators/ru-mts').expect(409)).body.code).toBe('operator_in_use');

    const unknown = '0190a000-0000-7000-8000-00000000dead';
    await get(`number-imports/${unknown}`, 404);
    await get('operators/nobody', 404);
    await http('put', 'operators/nobody/names').send({ name: 'x' }).expect(404);
    await http('delete', 'operators/nobody').expect(404);
    const asTenant = app.as(unknown);
    await app.http().get('/admin/v1/operators').set(asTenant).expect(403);
    const reader = app.asStaff(['numbers:read']);
    await app.http().get('/admin/v1/numbers/79161234567').set(reader).expect(200);
    await app
      .http()
      .put('/admin/v1/ported-numbers/79161234567')
      .set(reader)
      .send({ operatorCode: 'ru-mts' })
      .expect(403);
  });

  it('are followed by every process, without anybody waiting for it', async () => {
    const elsewhere = numbersOf(app.db.database);
    expect((await elsewhere.book()).operatorOf('79161234500')).toBe('ru-mts');
    await http('put', 'ported-numbers/79161234500').send({ operatorCode: 'ru-megafon' }).expect(200);
    expect(elsewhere.current.operatorOf('79161234500')).toBe('ru-mts');
    await elsewhere.refresh();
    expect(elsewhere.current.operatorOf('79161234500')).toBe('ru-megafon');
  });
});
