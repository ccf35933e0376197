import { SMSC, SMSC_SECRETS } from '../support/companies/smsc.js';
import { HttpOperator } from '../support/http-operator.js';
import { type Portal, Story } from '../support/story.js';

describe('providers that accounts enter', () => {
  let story: Story;
  let company: HttpOperator;
  let portal: Portal;

  beforeAll(async () => {
    company = await HttpOperator.start(SMSC);
    story = await Story.begin({ workers: false });
    portal = await story.openPortal({ amount: '0' });
  });
  afterAll(async () => {
    await story.end();
    await company.stop();
  });

  const entered = (more: object = {}) => ({
    kind: 'smsc',
    name: 'Ours',
    sender: 'Clinic',
    credentials: SMSC_SECRETS,
    settings: { baseUrl: company.origin },
    ...more,
  });
  const pointersOf = (problem: { errors: { pointer: string; code: string }[] }) =>
    problem.errors.map(({ pointer, code }) => `${pointer} ${code}`).toSorted();

  it.each([
    [{ kind: 'smpp' }, ['/kind invalid_field']],
    [{ kind: 'http' }, ['/kind invalid_field']],
    [{ credentials: { login: 'x' } }, ['/credentials/apiKey required']],
    [{ credentials: { ...SMSC_SECRETS, token: 'x' } }, ['/credentials/token unknown_field']],
    [{ settings: { colour: 'red' } }, ['/settings/colour unknown_field']],
    [{ settings: { limits: { timeoutMs: 500 } } }, ['/settings/limits unknown_field']],
    [{ settings: { baseUrl: 'https://evil.example' } }, ['/settings/baseUrl host_not_allowed']],
    [{ settings: { baseUrl: 'https://smsc.ru.evil.example' } }, ['/settings/baseUrl host_not_allowed']],
    [{ settings: { baseUrl: 'http://smsc.ru' } }, ['/settings/baseUrl host_not_allowed']],
    [{ sender: 'ä' }, ['/sender invalid_sender']],
  ])('are refused with a pointer, before anybody is called: %j', async (wrong, pointers) => {
    const before = company.asked.length;
    const problem = await portal.post('/v1/providers', entered(wrong), 422);
    expect(pointersOf(problem)).toEqual(pointers);
    expect(company.asked).toHaveLength(before);
  });

  it('are not saved when the company cannot be asked', async () => {
    const nobody = await HttpOperator.start(SMSC);
    await nobody.stop();
    const problem = await portal.post('/v1/providers', entered({ settings: { baseUrl: nobody.origin } }), 503);
    expect(problem).toMatchObject({ code: 'provider_credentials_unchecked' });
    expect((await portal.get('/v1/providers')).data).toEqual([]);
  });

  it('say in the caller’s language what was refused, and never repeat a secret', async () => {
    const password = 'mistyped-secret';
    const body = entered({ credentials: { ...SMSC_SECRETS, password } });
    const answer = await story.app
      .http()
      .post('/v1/providers')
      .set({ ...portal.headers, 'accept-language': 'ru' })
      .send(body)
      .expect(422);
    expect(JSON.stringify(answer.body)).toContain('Провайдер не принял учётные данные (2): authorise error');
    expect(JSON.stringify(answer.body)).not.toContain(password);
  });

  it('are listed page by page, changed with If-Match, and known to the staff as the account’s', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await portal.post('/v1/providers', entered({ name }))).id);
    const first = await portal.get('/v1/providers?limit=2');
    const second = await portal.get(`/v1/providers?limit=2&cursor=${first.nextCursor}`);
    const listed = [...first.data, ...second.data].map(({ id }: { id: string }) => id);
    expect(listed).toEqual(ids);

    const patch = (etag: string) =>
      story.app
        .http()
        .patch(`/v1/providers/${ids[0]}`)
        .set({ ...portal.headers, 'if-match': etag })
        .send({ name: 'renamed', sender: 'Other' });
    expect((await patch('"v1"').expect(200)).body).toMatchObject({ name: 'renamed', sender: 'Other' });
    await patch('"v1"').expect(412);

    const staff = await story.asStaff();
    const { data } = await staff.get(`/admin/v1/providers?ownerAccountId=${portal.accountId}`);
    expect(data.map(({ id }: { id: string }) => id).toSorted()).toEqual(ids.toSorted());
    expect(data[0]).toMatchObject({
      ownerAccountId: portal.accountId,
      status: 'paused',
      pauseReason: 'awaiting_activation',
    });
  });
});
