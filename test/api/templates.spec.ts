import { newId } from '../../src/kernel/ids.js';
import { measure } from '../../src/kernel/sms-parts.js';
import { AccountsService } from '../../src/modules/accounts/index.js';
import { TemplatesModule, TemplatesService } from '../../src/modules/templates/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const NOTICE = 'Dzien dobry [klient], czeka list od: [nadawca].';

describe('templates', () => {
  let db: TestDatabase;
  let test: TestApp;
  let accountId: string;
  let otherId: string;

  const open = (name: string) =>
    db.database.transaction((tx) =>
      test.app.get(AccountsService, { strict: false }).create(tx, {
        name,
        country: 'PL',
        currency: 'PLN',
        locale: 'pl',
        timeZone: 'Europe/Warsaw',
        actor: { kind: 'system', id: null },
      }),
    );

  const post = (path: string, body: object = {}, account = accountId) =>
    test.http().post(`/v1/templates${path}`).set(test.as(account)).send(body);
  const get = (path: string, account = accountId) => test.http().get(`/v1/templates${path}`).set(test.as(account));
  const patch = (id: string, version: number, body: object) =>
    test.http().patch(`/v1/templates/${id}`).set(test.as(accountId)).set('if-match', `"v${version}"`).send(body);
  const create = async (over: object = {}): Promise<{ id: string; version: number }> =>
    (await post('', { name: 'Nowa poczta', body: NOTICE, ...over }).expect(201)).body;
  const errorsOf = (body: { errors: { pointer: string; code: string }[] }) =>
    body.errors.map(({ pointer, code }) => `${pointer} ${code}`);
  const load = async (ids: string[], account = accountId) =>
    test.app.get(TemplatesService, { strict: false }).load(account, ids);

  beforeAll(async () => {
    db = await createTestDatabase();
    test = await createTestApp({ imports: [TemplatesModule], database: db.database });
    ({ id: accountId } = await open('Biuro'));
    ({ id: otherId } = await open('Inne biuro'));
  });

  afterAll(async () => {
    await test.close();
    await db.drop();
  });

  it('[D4] keeps a default text with variables in the portal’s own spelling', async () => {
    const created = await post('', { name: 'Nowa poczta', body: NOTICE }).expect(201);
    expect(created.body).toMatchObject({
      name: 'Nowa poczta',
      body: NOTICE,
      spelling: 'brackets',
      alphabetPolicy: 'any',
      variables: ['klient', 'nadawca'],
      required: ['klient', 'nadawca'],
      allowedVariables: null,
      archived: false,
      version: 1,
    });
    expect(created.headers.etag).toBe('"v1"');
    const read = await get(`/${created.body.id}`).expect(200);
    expect([read.body, read.headers.etag]).toEqual([created.body, '"v1"']);
    const loaded = (await load([created.body.id])).get(created.body.id)!;
    expect(loaded.render({ klient: 'Jan Kowalski', nadawca: '[klient]' })).toBe(
      'Dzien dobry Jan Kowalski, czeka list od: [klient].',
    );
    expect(loaded.missing({ klient: 'Jan' })).toEqual(['nadawca']);
  });

  it('[D4] reads other spellings, and leaves brackets that are no variables as they are', async () => {
    for (const [body, spelling, variables] of [
      ['Hello {{ name }}', 'mustache', ['name']],
      ['Здравствуйте, {имя}', 'braces', ['имя']],
      ['Hello [not closed, [ ] and {}', 'brackets', []],
    ] as const)
      expect((await post('', { name: 'x', body }).expect(201)).body).toMatchObject({ spelling, variables });
    const told = await post('', { name: 'x', body: '[a] {b}', spelling: 'braces' }).expect(201);
    expect(told.body.variables).toEqual(['b']);
  });

  it('[D6] counts variables as the characters they become, and prices the text as rendered', async () => {
    const { id } = await create();
    const klient =
      'Przedsiebiorstwo Handlowo-Uslugowe Kowalski i Synowie Spolka z ograniczona odpowiedzialnoscia w Warszawie';
    const values = { klient, nadawca: 'Zaklad Ubezpieczen Spolecznych w Warszawie' };
    const text = NOTICE.replace('[klient]', klient).replace('[nadawca]', values.nadawca);
    const { body } = await post(`/${id}/estimate`, { variables: values }).expect(200);
    expect(measure(text).parts).toBe(2);
    expect(body).toMatchObject({
      missing: [],
      pricePerPart: { amount: '0.140000', currency: 'PLN' },
      exact: {
        text,
        encoding: 'gsm7',
        parts: 2,
        units: text.length,
        unitsPerPart: 153,
        forcedBy: [],
        code: null,
        price: { amount: '0.280000', currency: 'PLN' },
      },
    });
    expect(body.longest).toEqual(body.exact);
  });

  it('[D6] shows what forces the dear alphabet', async () => {
    const { id } = await create();
    const { body } = await post(`/${id}/estimate`, { variables: { klient: 'Łukasz', nadawca: 'ZUS 😜' } }).expect(200);
    expect(body.exact).toMatchObject({ encoding: 'ucs2', unitsPerPart: 70, forcedBy: ['Ł', '😜'] });
  });

  it('[D6] estimates a range before values are known, with samples for the typical one', async () => {
    const { id } = await create({ samples: { klient: 'Jan Kowalski-Nowak' } });
    const { body } = await post(`/${id}/estimate`, { samples: { nadawca: 'ZUS' } }).expect(200);
    expect(body).toMatchObject({ exact: null, missing: ['klient', 'nadawca'], variables: ['klient', 'nadawca'] });
    expect(body.typical.text).toBe('Dzien dobry Jan Kowalski-Nowak, czeka list od: ZUS.');
    const literal = NOTICE.length - '[klient][nadawca]'.length;
    expect([body.shortest.units, body.longest.units]).toEqual([literal + 2, literal + 80]);
    expect([body.shortest.encoding, body.longest.encoding]).toEqual(['gsm7', 'ucs2']);
    expect(body.longest).toMatchObject({ parts: 2, price: { amount: '0.280000', currency: 'PLN' } });
  });

  it('[D6] estimates a text that is not kept, priced by number or country', async () => {
    const priceFor = async (input: object) =>
      (await post('/estimate', { body: 'Hi', ...input }).expect(200)).body.pricePerPart.amount;
    expect(await priceFor({})).toBe('0.140000');
    expect(await priceFor({ to: '600 100 200' })).toBe('0.140000');
    expect(await priceFor({ to: '+7 701 123 45 67' })).toBe('0.565000');
    expect(await priceFor({ country: 'GR' })).toBe('0.195000');
    expect(await priceFor({ country: 'CY', to: '+30 691 234 5678' })).toBe('0.195000');
  });

  it('transliterates or refuses what is outside the cheap alphabet, as the template says', async () => {
    const body = 'Proszę odebrać list, [klient]';
    const cheap = await post('/estimate', { body, alphabetPolicy: 'transliterate', variables: { klient: 'Żaneta' } });
    expect(cheap.body.exact).toMatchObject({ text: 'Prosze odebrac list, Zaneta', encoding: 'gsm7', code: null });
    const refused = await post('', { name: 'x', body, alphabetPolicy: 'refuse' }).expect(422);
    expect(refused.body.errors).toMatchObject([
      { pointer: '/body', code: 'forced_ucs2', params: { characters: 'ę ć' } },
    ]);
    const { id } = await create({ alphabetPolicy: 'refuse' });
    const blocked = await post(`/${id}/estimate`, { variables: { klient: 'Żaneta', nadawca: 'ZUS' } }).expect(200);
    expect(blocked.body.exact).toMatchObject({ code: 'alphabet', forcedBy: ['Ż'] });
  });

  it.each<[string, object, string[]]>([
    [
      'variables that are not allowed',
      { body: '[kleint] [nadawca]', allowedVariables: ['klient', 'nadawca'] },
      ['/body unknown_variable'],
    ],
    [
      'samples for nothing',
      { samples: { imie: 'Jan', 'a/b': 'x' } },
      ['/samples/imie unknown_variable', '/samples/a~1b unknown_variable'],
    ],
    ['samples that are no texts', { samples: { klient: 7 } }, ['/samples/klient value_not_text']],
    ['an empty body', { body: ' \n' }, ['/body empty_text']],
    ['a body of control characters', { body: '\u0001' }, ['/body empty_text']],
    ['eleven parts', { body: 'a'.repeat(1531) }, ['/body body_too_long']],
    ['eleven parts of a dear alphabet', { body: 'я'.repeat(671) }, ['/body body_too_long']],
    ['too long a body', { body: 'a'.repeat(2001) }, ['/body invalid_field']],
    ['an unknown spelling', { spelling: 'angle' }, ['/spelling invalid_field']],
    ['an unknown policy', { alphabetPolicy: 'maybe' }, ['/alphabetPolicy invalid_field']],
    ['a null body', { body: null }, ['/body invalid_field']],
    ['a name with a NUL', { name: 'a\u0000b' }, ['/name unstorable_text']],
    ['names that are no names', { allowedVariables: ['a b'] }, ['/allowedVariables invalid_field']],
    ['unknown fields', { version: 7, accountId: 'x' }, ['/version unknown_field', '/accountId unknown_field']],
  ])('refuses %s, naming the field', async (_what, over, errors) => {
    const { body } = await post('', { name: 'x', body: NOTICE, ...over }).expect(422);
    expect([body.code, errorsOf(body)]).toEqual(['validation_failed', errors]);
  });

  it('refuses an estimate that asks for what is not there', async () => {
    const { id } = await create();
    const { body } = await post(`/${id}/estimate`, {
      variables: { klient: 'Jan', imie: 'x', nadawca: null },
      samples: { kilent: 'x' },
      to: '12345',
      country: 'XX',
    }).expect(422);
    expect(errorsOf(body)).toEqual([
      '/variables/nadawca value_not_text',
      '/variables/imie unknown_variable',
      '/samples/kilent unknown_variable',
      '/country unknown_country',
      '/to invalid_number',
    ]);
    expect(body.errors[1].detail).toBe('There is no variable imie here; known are: klient, nadawca');
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`v${index}`, 'x']));
    expect(errorsOf((await post(`/${id}/estimate`, { variables: many }).expect(422)).body)).toEqual([
      '/variables too_many_values',
    ]);
  });

  it('speaks the caller’s language', async () => {
    const { body } = await get(`/${newId()}`).set('accept-language', 'pl').expect(404);
    expect(body).toMatchObject({ code: 'template_not_found', title: 'Nie ma takiego szablonu' });
  });

  it('changes what is sent, for two editors', async () => {
    const { id } = await create({ samples: { klient: 'Jan', nadawca: 'ZUS' } });
    await load([id]);
    const changed = await patch(id, 1, { body: 'Witaj [klient]' }).expect(200);
    expect(changed.body).toMatchObject({ version: 2, variables: ['klient'], samples: { klient: 'Jan' } });
    expect(changed.headers.etag).toBe('"v2"');
    expect((await load([id])).get(id)!.render({ klient: 'Jan' })).toBe('Witaj Jan');
    expect((await patch(id, 1, { name: 'late' }).expect(412)).body.code).toBe('version_mismatch');
    await test.http().patch(`/v1/templates/${id}`).set(test.as(accountId)).send({ name: 'x' }).expect(428);
    await patch(id, 2, { name: 'Witamy' }).expect(200, /"body":"Witaj \[klient\]"/);
    await patch(id, 3, { body: 'Hello {{name}}' }).expect(200, /"spelling":"mustache"/);
    expect(errorsOf((await patch(id, 4, { alphabetPolicy: 'refuse', body: 'Cześć' }).expect(422)).body)).toEqual([
      '/body forced_ucs2',
    ]);
    expect(errorsOf((await patch(id, 4, { allowedVariables: ['klient'] }).expect(422)).body)).toEqual([
      '/body unknown_variable',
    ]);
    await patch(id, 4, { accountId: otherId }).expect(422);
  });

  it('lets one of two editors win when they save at once', async () => {
    const { id } = await create();
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => patch(id, 1, { name })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('[M10] copies a template under the next name', async () => {
    const { id } = await create({ name: 'Witamy', alphabetPolicy: 'transliterate', samples: { klient: 'Jan' } });
    const copy = await post(`/${id}/copy`).expect(201);
    expect(copy.body).toMatchObject({
      name: 'Witamy (2)',
      body: NOTICE,
      alphabetPolicy: 'transliterate',
      samples: { klient: 'Jan' },
      version: 1,
    });
    expect(copy.body.id).not.toBe(id);
    expect((await post(`/${copy.body.id}/copy`).expect(201)).body.name).toBe('Witamy (3)');
    expect((await post(`/${id}/copy`, { name: 'Inna' }).expect(201)).body.name).toBe('Inna');
    const long = await create({ name: 'x'.repeat(100) });
    expect((await post(`/${long.id}/copy`).expect(201)).body.name).toBe(`${'x'.repeat(96)} (2)`);
  });

  it('takes a template out of use and back', async () => {
    const { id } = await create();
    const remove = () => test.http().delete(`/v1/templates/${id}`).set(test.as(accountId));
    await remove().expect(204);
    await remove().expect(204);
    expect(await load([id])).toEqual(new Map());
    const { body } = await get(`/${id}`).expect(200);
    expect(body).toMatchObject({ archived: true, version: 2 });
    await patch(id, 2, { archived: false }).expect(200, /"archived":false/);
    expect([...(await load([id])).keys()]).toEqual([id]);
  });

  it('lists newest first, page by page, by name and state', async () => {
    const { id: owner } = await open('Lista');
    const ids: string[] = [];
    for (const name of ['Poczta A', 'poczta B', 'Raport', 'Poczta C'])
      ids.push((await post('', { name, body: NOTICE }, owner).expect(201)).body.id);
    await test.http().delete(`/v1/templates/${ids[0]}`).set(test.as(owner)).expect(204);
    const names = async (query: string) =>
      (await get(query, owner).expect(200)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('')).toEqual(['Poczta C', 'Raport', 'poczta B']);
    expect(await names('?search=POCZTA')).toEqual(['Poczta C', 'poczta B']);
    expect(await names('?archived=true')).toEqual(['Poczta A']);
    expect(await names('?archived=all&limit=100')).toHaveLength(4);
    const first = (await get('?limit=2', owner).expect(200)).body;
    expect(await names(`?limit=2&cursor=${first.nextCursor}`)).toEqual(['poczta B']);
    for (const cursor of ['nonsense', Buffer.from('["x"]').toString('base64url')])
      expect((await get(`?cursor=${cursor}`, owner).expect(400)).body.code).toBe('invalid_cursor');
    await get('?search=%00', owner).expect(404);
    await get('?sort=name', owner).expect(422);
  });

  it('gives nothing of another account', async () => {
    const { id } = await create();
    expect(await load([id], otherId)).toEqual(new Map());
    expect((await get('', otherId).expect(200)).body.data).toEqual([]);
  });

  it('asks for rights', async () => {
    const { id } = await create();
    const reader = test.as(accountId, ['templates:read']);
    const refused = [
      test.http().post('/v1/templates').set(reader).send({ name: 'x', body: 'x' }),
      test.http().patch(`/v1/templates/${id}`).set(reader).set('if-match', '"v1"').send({ name: 'x' }),
      test.http().post(`/v1/templates/${id}/copy`).set(reader).send({}),
      test.http().delete(`/v1/templates/${id}`).set(reader),
      test
        .http()
        .get('/v1/templates')
        .set(test.as(accountId, ['messages:send'])),
      test.http().get('/v1/templates').set(test.asStaff()),
    ];
    for (const request of refused) await request.expect(403);
    await test.http().post(`/v1/templates/${id}/estimate`).set(reader).send({}).expect(200);
    await test.http().get('/v1/templates').expect(401);
  });

  it('writes who changed what, without the texts', async () => {
    const { id } = await create({ name: 'Audyt' });
    await patch(id, 1, { body: 'Tajne [klient]' }).expect(200);
    const rows = await db.database.query<{ action: string; actor_kind: string; details: unknown }>(
      `SELECT action, actor_kind, details FROM account_audit WHERE account_id = $1 AND subject = $2 ORDER BY id`,
      [accountId, `template:${id}`],
    );
    expect(rows).toEqual([
      { action: 'template.created', actor_kind: 'user', details: { name: 'Audyt' } },
      { action: 'template.changed', actor_kind: 'user', details: { version: 2, fields: ['body'] } },
    ]);
  });

  it('loads many in one read, keeps what it compiled, and ignores ids that are none', async () => {
    const [first, second] = [await create(), await create()];
    const loaded = await load([first.id, second.id.toUpperCase(), first.id, newId(), 'not-a-uuid']);
    expect([...loaded.keys()].sort()).toEqual([first.id, second.id.toUpperCase()].sort());
    expect((await load([first.id])).get(first.id)).toBe(loaded.get(first.id));
    const inside = await db.database.transaction((tx) =>
      test.app.get(TemplatesService, { strict: false }).load(accountId, [second.id], tx),
    );
    expect(inside.get(second.id)).toMatchObject({ id: second.id, version: 1, name: 'Nowa poczta' });
  });
});
