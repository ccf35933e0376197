import { newId } from '../../../src/kernel/ids.js';
import type { AcceptItem } from '../../../src/modules/messages/index.js';
import { expectCleanAudit } from '../../support/audit.js';
import { type Cabinet, createCabinet, phone, sending } from '../../support/cabinet.js';

describe('accept with templates', () => {
  let cabinet: Cabinet;
  beforeAll(async () => {
    cabinet = await createCabinet();
  });
  afterAll(async () => {
    await expectCleanAudit(cabinet.db.database);
    await cabinet.close();
  });

  const keep = async (accountId: string, template: object): Promise<string> => {
    const { test } = cabinet;
    const answer = await test
      .http()
      .post('/v1/templates')
      .set(test.as(accountId))
      .send({ name: 'x', ...template });
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const accept = async (accountId: string, items: Omit<AcceptItem, 'to'>[]) => {
    const request = sending(accountId, []);
    request.items = items.map((item, index) => ({ to: phone(index + 1), ...item }));
    const { items: answers } = await cabinet.messages.accept(request);
    const rows = await cabinet.rows(accountId);
    return answers.map(({ status, code, parts, encoding }, index) => [
      status,
      code ?? rows[index]!.body,
      parts,
      encoding,
    ]);
  };

  it('sends what the template renders for each recipient', async () => {
    const { id } = await cabinet.account();
    const templateId = await keep(id, { body: 'Dear {{name|customer}}, your car {{car}} is ready' });
    expect(
      await accept(id, [
        { templateId, variables: { name: 'Anna', car: '{{name}}' } },
        { templateId: templateId.toUpperCase(), variables: { car: 'B 1' } },
        { templateId, variables: { name: 'Анна', car: 'B 1' } },
        { templateId, variables: { name: 'Anna' } },
        { templateId },
        { templateId: newId(), variables: {} },
      ]),
    ).toEqual([
      ['queued', 'Dear Anna, your car {{name}} is ready', 1, 'gsm7'],
      ['queued', 'Dear customer, your car B 1 is ready', 1, 'gsm7'],
      ['queued', 'Dear Анна, your car B 1 is ready', 1, 'ucs2'],
      ['blocked', 'missing_variables', undefined, undefined],
      ['blocked', 'missing_variables', undefined, undefined],
      ['blocked', 'template_not_found', undefined, undefined],
    ]);
  });

  it('does with dear letters what the template says', async () => {
    const { id } = await cabinet.account();
    const cheap = await keep(id, { body: '[klient], list czeka', alphabetPolicy: 'transliterate' });
    const strict = await keep(id, { body: '[klient], list czeka', alphabetPolicy: 'refuse' });
    const variables = { klient: 'Żaneta' };
    expect(
      await accept(id, [
        { templateId: cheap, variables },
        { templateId: strict, variables },
        { templateId: strict, variables: { klient: 'Anna' } },
      ]),
    ).toEqual([
      ['queued', 'Zaneta, list czeka', 1, 'gsm7'],
      ['blocked', 'alphabet', undefined, undefined],
      ['queued', 'Anna, list czeka', 1, 'gsm7'],
    ]);
  });

  it('knows nothing of another account’s templates, nor of archived ones', async () => {
    const [owner, stranger] = [await cabinet.account(), await cabinet.account()];
    const templateId = await keep(owner.id, { body: 'Secret' });
    const [own, foreign] = await Promise.all([
      accept(owner.id, [{ templateId }]),
      accept(stranger.id, [{ templateId }]),
    ]);
    expect([own[0]![1], foreign[0]![1]]).toEqual(['Secret', 'template_not_found']);
    await cabinet.test.http().delete(`/v1/templates/${templateId}`).set(cabinet.test.as(owner.id)).expect(204);
    const { items } = await cabinet.messages.accept({
      ...sending(owner.id, []),
      items: [{ to: phone(9), templateId }],
    });
    expect(items[0]).toMatchObject({ status: 'blocked', code: 'template_not_found' });
  });

  it('uses a change at once', async () => {
    const { id } = await cabinet.account();
    const templateId = await keep(id, { body: 'Before' });
    await accept(id, [{ templateId }]);
    cabinet.clock.advance({ seconds: 1 }); // Rows come in order of ids, and those of one millisecond in any order.
    const { test } = cabinet;
    await test
      .http()
      .patch(`/v1/templates/${templateId}`)
      .set(test.as(id))
      .set('if-match', '"v1"')
      .send({ body: 'After' });
    await cabinet.messages.accept({ ...sending(id, []), items: [{ to: phone(2), templateId }] });
    expect((await cabinet.rows(id)).map(({ body }) => body)).toEqual(['Before', 'After']);
  });
});
