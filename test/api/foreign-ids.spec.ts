import { SELLER } from '../../src/entrypoints/demo/cabinet.js';
import { findSellerByCode } from '../../src/modules/invoices/index.js';
import { TENANT_PERMISSIONS } from '../../src/modules/identity/index.js';
import { LedgerService } from '../../src/modules/wallets/index.js';
import { Books } from '../support/books.js';
import { SMSC, SMSC_SECRETS } from '../support/companies/smsc.js';
import { expectForeignIdsUnknown } from '../support/foreign-ids.js';
import { HttpOperator } from '../support/http-operator.js';
import { documentedOperations, fillPath, type Operation } from '../support/operations.js';
import { type Portal, Story } from '../support/story.js';

const ID = '0199f1c2-6b8e-7000-8000-4a1f6d2c9b10';
const IF_MATCH = { 'if-match': '"v1"' };

describe('what belongs to another account', () => {
  let story: Story;
  let owner: Portal;
  let stranger: Portal;
  let staff: Record<string, string>;
  let company: HttpOperator;

  beforeAll(async () => {
    company = await HttpOperator.start(SMSC);
    story = await Story.begin({ workers: false });
    // Nobody listens there, and no worker runs: what is sent stays in the queue.
    await story.addSmpp(1);
    await (await story.asStaff()).post('/admin/v1/legal-entities', SELLER);
    const names = { en: 'Free', ru: 'Free', pl: 'Free', el: 'Free' };
    const free = { code: 'foreign', kind: 'recurring', names, prices: [{ price: { amount: '0', currency: 'RUB' } }] };
    await (await story.asStaff()).post('/admin/v1/services', free);
    owner = await story.openPortal({ amount: '100.00' });
    stranger = await story.openPortal({ amount: '100.00' });
    staff = (await story.asStaff()).headers;
  });
  afterAll(async () => {
    await story.end();
    await company.stop();
  });

  const upload = async (portal: Portal): Promise<string> => {
    const request = story.app.http().post('/v1/recipient-lists?name=list').set(portal.headers);
    const { body } = await request
      .set('content-type', 'text/csv')
      .send('phone,consent\n+79161234567,yes\n')
      .expect(201);
    return body.id;
  };

  const prove = async (portal: Portal, invoiceId: string): Promise<string> => {
    const request = story.app.http().post(`/v1/deposit-proofs?invoiceId=${invoiceId}`).set(portal.headers);
    return (await request.set('content-type', 'application/pdf').send(Buffer.from('%PDF-1.7')).expect(201)).body.id;
  };

  /** An act of the month that it is, as the next one will see it: for what was used of its payment. */
  const act = async (portal: Portal): Promise<string> => {
    const { database } = story.app.db;
    const books = new Books(database, story.app.app.get(LedgerService, { strict: false }), 'RUB');
    const seller = (await findSellerByCode(database, SELLER.code))!;
    await books.use(portal.accountId, { micros: 102_000_000n, parts: 1, at: new Date() });
    const month = `${new Date().toISOString().slice(0, 7)}-01`;
    const later = new Date(Date.now() + 40 * 86_400_000);
    await books.close(portal.accountId, seller, month, later);
    return (await portal.get('/v1/acts')).data[0].id;
  };

  /** One of everything that an account can have. */
  async function furnish(portal: Portal) {
    const payer = await portal.post('/v1/payers', {
      country: 'RU',
      name: 'ООО «Здоровье»',
      taxNumber: '7707083893',
      taxReasonCode: '773601001',
      address: '117312, Москва, ул. Вавилова, 19',
    });
    const invoice = await portal.post('/v1/invoices', {
      payerId: payer.id,
      amount: { amount: '50.00', currency: 'RUB' },
    });
    const payment = await (
      await story.asStaff()
    ).post(`/admin/v1/accounts/${portal.accountId}/payments`, {
      seller: SELLER.code,
      amount: { amount: '20.00', currency: 'RUB' },
      receivedOn: new Date().toISOString().slice(0, 10),
      bankReference: `bank-${portal.accountId}`,
    });
    const proof = await prove(portal, invoice.id);
    const list = await upload(portal);
    const campaign = await portal.post('/v1/campaigns', { name: 'c', listId: list, text: 'x' });
    await portal.post(`/v1/campaigns/${campaign.id}/quote`, {}, 200);
    const { groupId } = await portal.post(`/v1/campaigns/${campaign.id}/start`);
    const [user] = (await portal.get('/v1/users')).data;
    const [key] = (await portal.get('/v1/api-keys')).data;
    const template = await portal.post('/v1/templates', { name: 't', body: 'x' });
    const rule = await portal.post('/v1/missed-call-rules', { name: 'r', numbers: ['+74951234567'], text: 'x' });
    const sender = await portal.post('/v1/senders', { sender: 'Clinic1' });
    const message = await portal.send('+79161234568', 'x');
    const provider = await portal.post('/v1/providers', {
      kind: 'smsc',
      name: 'p',
      sender: 'Kabinet',
      credentials: SMSC_SECRETS,
      settings: { baseUrl: company.origin },
    });
    const webhook = await portal.post('/v1/webhook-endpoints', {
      url: 'https://portal.example/hooks',
      events: ['message.inbound'],
    });
    const { eventId } = await portal.post(`/v1/webhook-endpoints/${webhook.id}/test`, {}, 202);
    const wallet = await portal.wallet();
    const subscription = await portal.post('/v1/subscriptions', { service: 'foreign' });
    const ids = {
      payer,
      invoice,
      payment,
      campaign,
      user,
      key,
      template,
      rule,
      sender,
      message,
      provider,
      wallet,
      webhook,
      subscription,
    };
    const named = Object.fromEntries(Object.entries(ids).map(([name, { id }]) => [name, String(id)]));
    return {
      ...(named as Record<keyof typeof ids, string>),
      list,
      proof,
      act: await act(portal),
      groupId: String(groupId),
      eventId: String(eventId),
    };
  }

  it('is unknown to everybody else, on every route and in every reference of the document', async () => {
    const theirs = await furnish(owner);
    const mine = await furnish(stranger);
    const optedOut = '+79161234569';
    await owner.post('/v1/opt-outs', { to: optedOut });
    const at = (id: string, body?: object, headers?: Record<string, string>) => ({ params: { id }, body, headers });
    const delivery = { params: { id: theirs.webhook, eventId: theirs.eventId } };
    await expectForeignIdsUnknown(story.app, {
      owner: owner.headers,
      stranger: stranger.headers,
      cases: {
        'GET /v1/users/{id}': at(theirs.user),
        'PATCH /v1/users/{id}': at(theirs.user, { name: 'x' }, IF_MATCH),
        'GET /v1/api-keys/{id}': at(theirs.key),
        'DELETE /v1/api-keys/{id}': at(theirs.key),
        'GET /v1/acts/{id}': at(theirs.act),
        'GET /v1/acts/{id}/page': at(theirs.act),
        'GET /v1/acts/{id}/pdf': at(theirs.act),
        'GET /v1/deposit-proofs/{id}': at(theirs.proof),
        'GET /v1/deposit-proofs/{id}/file': at(theirs.proof),
        'GET /v1/campaigns/{id}': at(theirs.campaign),
        'POST /v1/campaigns/{id}/quote': at(theirs.campaign, {}),
        'POST /v1/campaigns/{id}/start': at(theirs.campaign, {}),
        'POST /v1/campaigns/{id}/pause': at(theirs.campaign, {}),
        'POST /v1/campaigns/{id}/resume': at(theirs.campaign, {}),
        'POST /v1/campaigns/{id}/cancel': at(theirs.campaign, {}),
        'GET /v1/campaigns/{id}/recipients': at(theirs.campaign),
        'GET /v1/recipient-lists/{id}': at(theirs.list),
        'GET /v1/recipient-lists/{id}/rows': at(theirs.list),
        'DELETE /v1/opt-outs/{to}': { params: { to: optedOut }, unknown: '+79161230000' },
        'GET /v1/invoices/{id}': at(theirs.invoice),
        'POST /v1/invoices/{id}/cancel': at(theirs.invoice, { reason: 'x' }),
        'GET /v1/invoices/{id}/page': at(theirs.invoice),
        'GET /v1/invoices/{id}/pdf': at(theirs.invoice),
        'GET /v1/payers/{id}': at(theirs.payer),
        'PATCH /v1/payers/{id}': at(theirs.payer, { name: 'x' }, IF_MATCH),
        'DELETE /v1/payers/{id}': at(theirs.payer),
        'GET /v1/messages/{id}': at(theirs.message),
        'POST /v1/messages/{id}/cancel': at(theirs.message, {}),
        'GET /v1/payments/{id}': at(theirs.payment),
        'GET /v1/missed-call-rules/{id}': at(theirs.rule),
        'PATCH /v1/missed-call-rules/{id}': at(theirs.rule, { name: 'x' }, IF_MATCH),
        'DELETE /v1/missed-call-rules/{id}': at(theirs.rule),
        'POST /v1/missed-call-rules/{id}/enable': at(theirs.rule, {}),
        'POST /v1/missed-call-rules/{id}/disable': at(theirs.rule, {}),
        'GET /v1/senders/{id}': at(theirs.sender),
        'POST /v1/senders/{id}/withdraw': at(theirs.sender, {}),
        'GET /v1/providers/{id}': at(theirs.provider),
        'PATCH /v1/providers/{id}': at(theirs.provider, { name: 'x' }, IF_MATCH),
        'POST /v1/providers/{id}/check': at(theirs.provider, {}),
        'GET /v1/providers/{id}/balance': at(theirs.provider),
        'GET /v1/subscriptions/{id}': at(theirs.subscription),
        'POST /v1/subscriptions/{id}/cancel': at(theirs.subscription, {}),
        'GET /v1/templates/{id}': at(theirs.template),
        'PATCH /v1/templates/{id}': at(theirs.template, { name: 'x' }, IF_MATCH),
        'DELETE /v1/templates/{id}': at(theirs.template),
        'POST /v1/templates/{id}/copy': at(theirs.template, {}),
        'POST /v1/templates/{id}/estimate': at(theirs.template, {}),
        'GET /v1/wallets/{id}': at(theirs.wallet),
        'GET /v1/wallets/{id}/transactions': at(theirs.wallet),
        'GET /v1/webhook-endpoints/{id}': at(theirs.webhook),
        'PATCH /v1/webhook-endpoints/{id}': at(theirs.webhook, { enabled: false }, IF_MATCH),
        'DELETE /v1/webhook-endpoints/{id}': at(theirs.webhook),
        'POST /v1/webhook-endpoints/{id}/rotate-secret': at(theirs.webhook, {}),
        'POST /v1/webhook-endpoints/{id}/test': at(theirs.webhook, {}),
        'GET /v1/webhook-endpoints/{id}/deliveries': at(theirs.webhook),
        'GET /v1/webhook-endpoints/{id}/deliveries/{eventId}': delivery,
        'POST /v1/webhook-endpoints/{id}/deliveries/{eventId}/redeliver': delivery,
      },
      references: {
        'POST /v1/campaigns /listId': {
          id: theirs.list,
          request: (listId) => ({ body: { name: 'c', listId, text: 'x' } }),
        },
        'POST /v1/campaigns /templateId': {
          id: theirs.template,
          request: (templateId) => ({ body: { name: 'c', listId: mine.list, templateId } }),
        },
        'POST /v1/invoices /payerId': {
          id: theirs.payer,
          request: (payerId) => ({ body: { payerId, amount: { amount: '50.00', currency: 'RUB' } } }),
        },
        'GET /v1/acts ?payerId': { id: theirs.payer, request: (id) => ({ query: `?payerId=${id}` }) },
        'POST /v1/deposit-proofs ?invoiceId': {
          id: theirs.invoice,
          request: (id) => ({
            query: `?invoiceId=${id}`,
            headers: { 'content-type': 'application/pdf' },
            body: Buffer.from('%PDF-1.7'),
          }),
        },
        'GET /v1/invoices ?payerId': { id: theirs.payer, request: (id) => ({ query: `?payerId=${id}` }) },
        'POST /v1/messages /templateId': {
          id: theirs.template,
          request: (templateId) => ({ body: { recipients: ['+79161234567'], templateId } }),
        },
        'PUT /v1/account/default-sender /senderId': {
          id: theirs.sender,
          request: (senderId) => ({ body: { senderId } }),
        },
        'GET /v1/messages ?groupId': { id: theirs.groupId, request: (id) => ({ query: `?groupId=${id}` }) },
      },
    });
    // Nothing of it had an effect.
    expect(await owner.get(`/v1/subscriptions/${theirs.subscription}`)).toMatchObject({ cancelAtPeriodEnd: false });
    expect(await owner.get(`/v1/campaigns/${theirs.campaign}`)).toMatchObject({ state: 'running' });
    expect(await owner.message(theirs.message)).toMatchObject({ state: 'queued' });
    expect(await owner.get(`/v1/missed-call-rules/${theirs.rule}`)).toMatchObject({ enabled: true, name: 'r' });
    expect((await owner.get(`/v1/messages?groupId=${theirs.groupId}`)).nextCursor).toBeNull();
    await story.app.http().delete(`/v1/opt-outs/${optedOut}`).set(owner.headers).expect(204);
  });

  describe('by the document', () => {
    const operations = documentedOperations();
    const call = ({ method, path }: Operation, headers: Record<string, string> = {}) => {
      const http = story.app.http();
      const request = http[method](fillPath(path, () => ID)).set(headers);
      return method === 'get' ? request : request.send({});
    };
    const answersOf = async (access: Operation['access'], headers: Record<string, string>) => {
      const answers: string[] = [];
      for (const operation of operations.filter((one) => one.access === access)) {
        const { status, body } = await call(operation, headers);
        answers.push(`${operation.name}: ${status} ${body.code}`);
      }
      return answers;
    };
    const everywhere = (access: Operation['access'], answer: string) =>
      operations.filter((one) => one.access === access).map(({ name }) => `${name}: ${answer}`);

    it.each(['tenant', 'staff'] as const)('every route for %s asks for credentials', async (access) => {
      expect(everywhere(access, '').length).toBeGreaterThan(30);
      expect(await answersOf(access, {})).toEqual(everywhere(access, '401 credentials_required'));
    });

    it('every route of the staff is closed to an API key with every right', async () => {
      expect((await owner.get('/v1/me')).permissions.toSorted()).toEqual([...TENANT_PERMISSIONS].sort());
      expect(await answersOf('staff', owner.headers)).toEqual(everywhere('staff', '403 staff_only'));
    });

    it('every route of the tenants is closed to the staff', async () => {
      expect(await answersOf('tenant', staff)).toEqual(everywhere('tenant', '403 tenant_only'));
    });
  });
});
