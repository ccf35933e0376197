import { lowestIdAt } from '../../../src/kernel/ids.js';
import { ContactsService } from '../../../src/modules/contacts/index.js';
import { REPLY_DAYS, SortInbound } from '../../../src/modules/inbound/actions/sort-inbound.js';
import { Correspondence } from '../../../src/modules/messages/correspondence.js';
import { FIND_LAST_TO } from '../../../src/modules/messages/persistence/sql/find-last-to.js';
import { InboundInbox, type InboundMessage } from '../../../src/modules/providers/index.js';
import { openSmppLink, seedAccount } from '../../support/dispatch-rig.js';
import { DispatchStage } from '../../support/dispatch-stage.js';

const PHONE = '306910000001';
/** The sender of the stage's messages. */
const OURS = 'Kabinet';

describe('sorting what phones wrote', () => {
  const stage = DispatchStage.forSpec();
  let inbox: InboundInbox;
  let sorting: SortInbound;

  beforeEach(async () => {
    for (const table of ['inbound_messages', 'inbound_inbox', 'opt_outs', 'outbox_subscriptions'])
      await stage.query(`DELETE FROM ${table}${table === 'outbox_subscriptions' ? " WHERE consumer = 'test'" : ''}`);
    const { database } = stage.db;
    inbox = new InboundInbox(database);
    const contacts = new ContactsService(database, stage.clock);
    sorting = new SortInbound(database, stage.clock, inbox, stage.rig.accounts, contacts, new Correspondence());
  });

  const write = async (...messages: Partial<InboundMessage>[]) => {
    const { id: providerId } = stage.provider;
    const now = stage.clock.now();
    const whole = messages.map((message) => ({
      from: PHONE,
      to: OURS,
      text: 'x',
      receivedAt: now,
      providerId,
      ...message,
    }));
    await inbox.append(whole, now);
    while ((await sorting.execute()) > 0);
  };
  const sorted = () =>
    stage.query('SELECT body, parts::int, complete, attribution, action FROM inbound_messages ORDER BY id');
  const send = async () => {
    await stage.queue({ recipients: [PHONE] });
    openSmppLink(stage.rig, stage.operator.ports.smpp, stage.provider);
    stage.rig.dispatcher.start();
    await stage.inState('submitted', 1);
  };

  it('stores once what a provider says again under the same id', async () => {
    await write({ providerMessageId: 'm-1' }, { providerMessageId: 'm-1' }, { providerMessageId: 'm-2' });
    await write({ providerMessageId: 'm-1' });
    expect(await sorted()).toHaveLength(2);
    expect(await stage.query('SELECT FROM inbound_inbox')).toEqual([]);
  });

  it('waits for parts, and after ten minutes takes what there is, which stops nothing', async () => {
    await send();
    await write({ text: 'STOP', concat: { reference: 1, partNo: 1, partsTotal: 2 } });
    expect(await sorted()).toEqual([]);
    stage.clock.advance({ minutes: 10 });
    await write();
    expect(await sorted()).toEqual([{ body: 'STOP', parts: 1, complete: false, attribution: 'reply', action: null }]);
    expect(await stage.query('SELECT FROM opt_outs')).toEqual([]);
  });

  it('joins parts that come over different links at different times', async () => {
    await write({ text: 'stop ', concat: { reference: 1, partNo: 1, partsTotal: 2 } });
    stage.clock.advance({ minutes: 5 });
    await write({ text: 'it', concat: { reference: 1, partNo: 2, partsTotal: 2 } });
    expect(await sorted()).toMatchObject([{ body: 'stop it', parts: 2, complete: true }]);
  });

  it(`gives an answer to whoever wrote within ${REPLY_DAYS} days`, async () => {
    await send();
    stage.clock.advance({ hours: REPLY_DAYS * 24 - 1 });
    await write({ text: 'Stop' });
    expect(await sorted()).toMatchObject([{ attribution: 'reply', action: 'opted_out' }]);
    stage.clock.advance({ hours: 2 });
    await write({ text: 'Start' });
    expect((await sorted())[1]).toMatchObject({ attribution: 'none', action: null });
    expect(await stage.query('SELECT digits FROM opt_outs')).toEqual([{ digits: PHONE }]);
  });

  it('does what a person said last, and tells of each message without its text', async () => {
    await stage.query(`INSERT INTO outbox_subscriptions (consumer, topic) VALUES ('test', 'inbound.received')`);
    await send();
    await write({ text: 'STOP' }, { text: 'START' }, { text: 'hello', from: '306910000002' });
    expect(await stage.query('SELECT FROM opt_outs')).toEqual([]);
    const events = await stage.query<{ payload: object }>(
      `SELECT payload FROM outbox_events WHERE consumer = 'test' ORDER BY payload ->> 'id'`,
    );
    expect(events.map(({ payload }) => payload)).toMatchObject([
      { attribution: 'reply', action: 'opted_out' },
      { attribution: 'reply', action: 'opted_in' },
      { attribution: 'none', action: null },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/hello|STOP|START|3069/);
  });

  it('finds the last message to a phone by index, in every account', async () => {
    for (let count = 0; count < 10; count++) {
      const account = await seedAccount(stage.db.database, { now: stage.clock.now() });
      const recipients = Array.from({ length: 200 }, (_, index) => String(306_920_000_000 + count * 1_000 + index));
      await stage.queue({ account, recipients });
    }
    await stage.query('ANALYZE messages');
    const sql = FIND_LAST_TO.text
      .replace('$1', `'{${PHONE}}'`)
      .replace('$2', `'{${OURS}}'`)
      .replace('$3', `'${lowestIdAt(stage.clock.now())}'`);
    const plan = JSON.stringify(await stage.query(`EXPLAIN (FORMAT JSON) ${sql}`));
    expect(plan).toMatch(/"Index Name":"messages_\w*recipient\w*"/);
    expect(plan).not.toMatch(/"Node Type":"Seq Scan"[^{}]*"Relation Name":"messages/);
  });
});
