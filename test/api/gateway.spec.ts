import type { Readable } from 'node:stream';
import { Body, Controller, Get, Module, Post, Req } from '@nestjs/common';
import { IsInt, IsString, MaxLength } from 'class-validator';
import {
  FormsToo,
  type GatewayRequest,
  IdParam,
  IfMatch,
  IsAfter,
  IsDay,
  IsInstant,
  IsLine,
  IsMessageText,
  IsNullable,
  IsOmittable,
  IsText,
  MoneyInput,
  Nested,
  NestedList,
  PositiveMoneyInput,
  Public,
  RequirePermission,
  Staff,
  StreamedBody,
} from '../../src/gateway/index.js';
import { DomainError } from '../../src/kernel/domain-error.js';
import { createTestApp, type TestApp } from '../support/app.js';

class InnerDto {
  @IsInt()
  count: number;
}

class ThingDto {
  @IsString()
  @MaxLength(5)
  name: string;

  @Nested(() => MoneyInput)
  price: MoneyInput;

  @NestedList(() => InnerDto, { max: 2 })
  inner: InnerDto[];
}

/** Nothing in it has to be sent. */
class FieldsDto {
  @IsOmittable()
  @IsLine(10)
  line?: string;

  @IsNullable()
  @IsText(10)
  text?: string | null;

  @IsOmittable()
  @IsMessageText(10)
  message?: string;

  @IsOmittable()
  @IsDay()
  from?: string;

  @IsOmittable()
  @IsDay()
  @IsAfter('from')
  until?: string;

  @IsOmittable()
  @IsInstant()
  at?: string;

  @IsOmittable()
  @IsInstant()
  @IsAfter('at')
  end?: string;

  @IsOmittable()
  @Nested(() => PositiveMoneyInput)
  money?: PositiveMoneyInput;

  @IsOmittable()
  @NestedList(() => InnerDto, { min: 1, max: 2 })
  list?: InnerDto[];
}

@Controller('v1/things')
class ThingsController {
  @Post()
  @RequirePermission('things:write')
  create(@Body() body: ThingDto): ThingDto {
    return body;
  }

  @Post('fields')
  @RequirePermission('things:write')
  fields(@Body() body: FieldsDto): FieldsDto {
    return body;
  }

  @Get('undeclared')
  undeclared(): string {
    return 'never';
  }

  @Get('refusal')
  @Public()
  refusal(): never {
    throw new DomainError('rate_limited', 'unavailable', { retryAfterSeconds: 1.2 });
  }

  @Get('bug')
  @Public()
  bug(): never {
    throw new TypeError('secret detail');
  }

  @Get('staff')
  @Staff('things:read')
  staff(): object {
    return { ok: true };
  }

  @Get('match')
  @Public()
  match(@IfMatch() version: number): object {
    return { version };
  }

  @Get('address')
  @Public()
  address(@Req() request: GatewayRequest): object {
    return { address: request.ip };
  }

  @Post('form')
  @Public()
  @FormsToo()
  form(@Body() body: Record<string, unknown>): object {
    return { ...body };
  }

  @Post('upload')
  @Public()
  @StreamedBody('text/csv')
  async upload(@Req() request: GatewayRequest): Promise<object> {
    let bytes = 0;
    for await (const chunk of request.body as Readable) bytes += (chunk as Buffer).length;
    return { bytes };
  }

  @Get('by-id/:id')
  @Public()
  byId(@IdParam() id: string): object {
    return { id };
  }
}

@Module({ controllers: [ThingsController] })
class ThingsModule {}

const ACCOUNT = '0190a000-0000-7000-8000-00000000000a';
const thing = { name: 'abc', price: { amount: '1.5', currency: 'EUR' }, inner: [{ count: 1 }] };

describe('gateway', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await createTestApp({ imports: [ThingsModule] });
  });
  afterAll(() => test.close());

  const post = (body: object | string) =>
    test.http().post('/v1/things').set(test.as(ACCOUNT)).set('content-type', 'application/json').send(body);

  it('passes what is right', async () => {
    await post(thing).expect(201, thing);
  });

  it('names every bad field by a pointer, unknown ones too', async () => {
    const bad = {
      name: 'toolong',
      price: { amount: '-1', currency: 'EUR' },
      inner: [{ count: 'x', extra: 1 }],
      role: 'admin',
    };
    const { body, headers } = await post(bad).expect(422);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({
      code: 'validation_failed',
      status: 422,
      instance: '/v1/things',
      requestId: expect.any(String),
    });
    expect(body.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]).sort()).toEqual([
      ['/inner/0/count', 'invalid_field'],
      ['/inner/0/extra', 'unknown_field'],
      ['/name', 'invalid_field'],
      ['/price/amount', 'invalid_amount'],
      ['/role', 'unknown_field'],
    ]);
  });

  it.each([
    ['30 digits', '9'.repeat(30)],
    ['a comma', '1,5'],
    ['a sign', '-5'],
    ['an exponent', '1e5'],
  ])('refuses an amount with %s', async (_name, amount) => {
    const { body } = await post({ ...thing, price: { amount, currency: 'EUR' } }).expect(422);
    expect(body.errors).toEqual([expect.objectContaining({ pointer: '/price/amount', code: 'invalid_amount' })]);
  });

  const fields = (body: unknown) =>
    test
      .http()
      .post('/v1/things/fields')
      .set(test.as(ACCOUNT))
      .set('content-type', 'application/json')
      .send(JSON.stringify(body));

  it.each([
    ['nothing', {}],
    ['null where it means something', { text: null }],
    ['texts of several lines', { text: 'a\r\n\tb', message: ' \u{1f600}\n' }],
    ['a day of a leap year, and the day after', { from: '2028-02-29', until: '2028-03-01' }],
    ['instants of any offset', { at: '2026-01-01T00:00:00+03:00', end: '2026-01-01t00:00:00z' }],
    ['the smallest amount', { money: { amount: '0.000001', currency: 'EUR' } }],
    ['objects in a list', { list: [{ count: 1 }, { count: 2 }] }],
  ])('takes %s', async (_name, body) => {
    expect((await fields(body).expect(201)).body).toEqual(body);
  });

  it('trims lines and texts, and leaves alone what is sent', async () => {
    const { body } = await fields({ line: '\u00a0a b ', text: '\n a ', message: ' a ' }).expect(201);
    expect(body).toEqual({ line: 'a b', text: 'a', message: ' a ' });
  });

  it.each([
    ['null', { line: null }, '/line invalid_line'],
    ['a blank line', { line: ' \u200b' }, '/line invalid_line'],
    ['a line break in a line', { line: 'A\r\nX: y' }, '/line invalid_line'],
    ['a line break of Unicode', { line: 'A\u2028y' }, '/line invalid_line'],
    ['a line that is too long', { line: 'x'.repeat(11) }, '/line invalid_line'],
    ['no text at all', { line: ['a'] }, '/line invalid_line'],
    ['a blank text', { text: '\n' }, '/text invalid_text'],
    ['control characters', { text: 'a\u001bb' }, '/text invalid_text'],
    ['a message of nothing to see', { message: ' \u200b\ufeff' }, '/message empty_text'],
    ['a message that is none', { message: 1 }, '/message text_expected'],
    ['a day that no calendar has', { from: '2026-02-30' }, '/from invalid_date'],
    ['a date with a time', { from: '2026-02-03T00:00:00Z' }, '/from invalid_date'],
    ['a period that ends before it begins', { from: '2026-02-03', until: '2026-02-02' }, '/until invalid_period'],
    ['a period of nothing', { from: '2026-02-03', until: '2026-02-03' }, '/until invalid_period'],
    ['an instant that no calendar has', { at: '2026-02-30T00:00:00Z' }, '/at invalid_instant'],
    ['an instant without offset', { at: '2026-02-03T00:00:00' }, '/at offset_required'],
    ['an end before', { at: '2026-01-01T03:00:00Z', end: '2026-01-01T05:00:00+03:00' }, '/end invalid_period'],
    ['an amount of zero', { money: { amount: '0.00', currency: 'EUR' } }, '/money/amount amount_not_positive'],
    ['more than there is', { money: { amount: '1000000000001', currency: 'EUR' } }, '/money/amount invalid_amount'],
    ['an array for an object', { money: [] }, '/money object_expected'],
    ['an array in an array for it', { money: [[]] }, '/money object_expected'],
    ['a text for an object', { money: 'x' }, '/money object_expected'],
    ['null for an object', { money: null }, '/money object_expected'],
    ['an object for a list', { list: {} }, '/list array_expected'],
    ['a list of lists', { list: [[]] }, '/list object_expected'],
    ['a list of null', { list: [null] }, '/list object_expected'],
    ['too short a list', { list: [] }, '/list invalid_field'],
  ])('refuses %s', async (_name, body, expected) => {
    const { errors } = (await fields(body).expect(422)).body;
    expect(errors.map((e: { pointer: string; code: string }) => `${e.pointer} ${e.code}`)).toEqual([expected]);
    for (const { detail } of errors) expect(detail).not.toMatch(/[{}_]/);
  });

  it.each([null, [], [{}], 'text', 7, true])('refuses a body of %j where an object is asked for', async (body) => {
    const { errors } = (await fields(body).expect(422)).body;
    expect(errors).toEqual([{ pointer: '', code: 'object_expected', detail: 'An object is needed' }]);
  });

  it('takes no body at all where nothing has to be sent', async () => {
    await test.http().post('/v1/things/fields').set(test.as(ACCOUNT)).expect(201, {});
  });

  it('answers in the language of the caller, with the same code', async () => {
    const answer = await test.http().get('/v1/things/staff').set('accept-language', 'el;q=0.4, ru;q=0.9').expect(401);
    expect(answer.body).toMatchObject({ code: 'credentials_required', title: 'Войдите или пришлите API-ключ' });
  });

  it('refuses a broken body, a body over the cap and another type', async () => {
    expect((await post('{"name":').expect(400)).body.code).toBe('malformed_body');
    expect((await post({ ...thing, name: 'x'.repeat(1_100_000) }).expect(413)).body.code).toBe('body_too_large');
    const xml = test
      .http()
      .post('/v1/things')
      .set(test.as(ACCOUNT))
      .set('content-type', 'application/xml')
      .send('<a/>');
    expect((await xml.expect(415)).body.code).toBe('unsupported_media_type');
  });

  it.each([
    ['NUL', 'a\\u0000'],
    ['half of a surrogate pair', 'a\\ud83d'],
    ['the other half, in capitals', '\\uDE00b'],
  ])('refuses text that cannot be stored: %s', async (_name, name) => {
    const { body } = await post(JSON.stringify(thing).replace('abc', name)).expect(422);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/name', code: 'unstorable_text' }] });
    const named = await post(JSON.stringify({ name: { inner: [{ KEY: 1 }] } }).replace('KEY', name)).expect(422);
    expect(named.body.errors[0]).toMatchObject({ pointer: '/name/inner/0', code: 'unstorable_text' });
  });

  it('takes escaped pairs and escaped backslashes for what they are', async () => {
    for (const name of ['\\ud83d\\ude00', '\\\\u000', '\\\\ud8'])
      await post(JSON.stringify(thing).replace('abc', name)).expect(201);
  });

  it('finds nothing under an address with NUL', async () => {
    expect((await test.http().get('/v1/things/by-id/a%00').expect(404)).body.code).toBe('not_found');
    expect((await test.http().get('/v1/things/staff?q=%00').expect(404)).body.code).toBe('not_found');
  });

  it.each([
    'text/csv',
    'application/x-ndjson',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'text/plain',
  ])('takes %s only where a route says so', async (type) => {
    const send = (path: string) => test.http().post(path).set(test.as(ACCOUNT)).set('content-type', type).send('a=1');
    expect((await send('/v1/things').expect(415)).body.code).toBe('unsupported_media_type');
    if (type === 'text/csv') expect((await send('/v1/things/upload').expect(201)).body).toEqual({ bytes: 3 });
    else expect((await send('/v1/things/upload').expect(415)).body.code).toBe('unsupported_media_type');
  });

  it('lets no browser guess what data is', async () => {
    const { headers } = await test.http().get('/v1/things/address').expect(200);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toBeUndefined();
  });

  it('reads forms as flat objects, without surprises', async () => {
    const send = (form: string) => test.http().post('/v1/things/form').type('form').send(form);
    expect((await send('a=1&b=%D0%9F+x&a=2').expect(201)).body).toEqual({ a: '2', b: 'П x' });
    expect((await send('a=%00').expect(400)).body.code).toBe('malformed_body');
    expect((await send('__proto__=1&constructor=2').expect(201)).body).toMatchObject({ constructor: '2' });
  });

  it.each([
    ['arrays', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['objects', '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)],
    ['what never ends', '['.repeat(5_000)],
  ])('refuses a body of nested %s', async (_name, body) => {
    expect((await post(body).expect(422)).body.code).toBe('body_too_deep');
  });

  it('takes brackets in texts for texts', async () => {
    expect((await post({ ...thing, name: '[[{' }).expect(201)).body.name).toBe('[[{');
    const long = `"\\"${'['.repeat(100)}"`;
    expect((await post(`{"name":${long}}`).expect(422)).body.code).toBe('validation_failed');
  });

  it.each(['/v1/things/%', '/v1/things/%ED%A0%80', `/v1/things/by-id/${'x'.repeat(400)}`])(
    'answers an address that is none like any unknown one: %#',
    async (path) => {
      const { body, headers } = await test.http().get(path).expect(404);
      expect(headers['content-type']).toContain('application/problem+json');
      expect(body.code).toBe('not_found');
    },
  );

  it('closes routes that declare no access, and keeps tenants and staff apart', async () => {
    const get = (path: string, headers: Record<string, string>) => test.http().get(path).set(headers);
    expect((await get('/v1/things/undeclared', test.as(ACCOUNT)).expect(403)).body.code).toBe('access_not_declared');
    expect((await get('/v1/things/staff', test.as(ACCOUNT)).expect(403)).body.code).toBe('staff_only');
    expect((await get('/v1/things/staff', test.asStaff(['other:read'])).expect(403)).body.code).toBe(
      'permission_missing',
    );
    await get('/v1/things/staff', test.asStaff()).expect(200);
    const byStaff = test.http().post('/v1/things').set(test.asStaff()).send(thing);
    expect((await byStaff.expect(403)).body.code).toBe('tenant_only');
  });

  it('hides bugs, keeps refusals', async () => {
    const bug = await test.http().get('/v1/things/bug').expect(500);
    expect(JSON.stringify(bug.body)).not.toContain('secret');
    expect(bug.body.code).toBe('internal_error');
    const refusal = await test.http().get('/v1/things/refusal').expect(429);
    expect(refusal.headers['retry-after']).toBe('2');
    expect((await test.http().get('/v1/nothing').expect(404)).body.code).toBe('not_found');
  });

  it('reads If-Match and ids, and gives 404 for what is no id', async () => {
    expect((await test.http().get('/v1/things/match').expect(428)).body.code).toBe('if_match_required');
    expect((await test.http().get('/v1/things/match').set('if-match', '"x"').expect(412)).body.code).toBe(
      'version_mismatch',
    );
    expect((await test.http().get('/v1/things/match').set('if-match', '"v7"').expect(200)).body).toEqual({
      version: 7,
    });
    expect((await test.http().get('/v1/things/by-id/1;drop').expect(404)).body.code).toBe('not_found');
  });

  it('believes a proxy about the client only where it is trusted', async () => {
    const trusting = await createTestApp({ imports: [ThingsModule], env: { TRUSTED_PROXIES: ['127.0.0.0/8'] } });
    const ask = (app: TestApp) =>
      app.http().get('/v1/things/address').set('x-forwarded-for', '6.6.6.6, 203.0.113.9, 127.0.0.2').expect(200);
    try {
      expect((await ask(trusting)).body).toEqual({ address: '203.0.113.9' });
      expect((await ask(test)).body.address).toMatch(/127\.0\.0\.1$/);
    } finally {
      await trusting.close();
    }
  });
});
