import { AdvancedClock } from '../support/clock.js';
import { type Portal, Story } from '../support/story.js';
import { until } from '../support/until.js';
import { ExampleSmsc, ONLY_ID } from './example-smsc.js';

describe('the example SMSC of Net::SMPP, which answers one id to everything', () => {
  const clock = new AdvancedClock();
  let smsc: ExampleSmsc;
  let story: Story;
  let portal: Portal;

  beforeAll(async () => {
    smsc = await ExampleSmsc.start();
    story = await Story.begin({ clock });
    await story.addSmpp(smsc.port);
    portal = await story.openPortal({ amount: '500.00' });
  });
  afterAll(async () => {
    await story?.end();
    await smsc?.stop();
  });

  /** A report that overtook the answer to its submit waits a second, ten seconds, a minute. */
  const whileTimePasses = async <T>(work: Promise<T>): Promise<T> => {
    const tick = setInterval(() => clock.advance({ seconds: 1 }), 100);
    return work.finally(() => clearInterval(tick));
  };

  it('has its reports applied to the message of their recipient, and to no other', async () => {
    const endings = Array.from({ length: 30 }, (_, index) => index % 3);
    const numbers = endings.map((ending, index) => `7916${String(100_000 + index)}${ending}`);
    const { items } = await portal.post(
      '/v1/messages',
      { recipients: numbers.map((to) => `+${to}`), text: 'hello' },
      202,
    );
    const expected = endings.map((ending) => ['submitted', 'delivered', 'undelivered'][ending]);
    await whileTimePasses(
      until(
        'every message is where its own report puts it',
        async () => {
          const shown = await Promise.all(items.map(({ id }: { id: string }) => portal.message(id)));
          return JSON.stringify(shown.map(({ state }) => state)) === JSON.stringify(expected);
        },
        20_000,
      ),
    );
    const ids = await story.app.db.database.query('SELECT DISTINCT provider_message_id AS id FROM attempt_parts');
    expect(ids).toEqual([{ id: ONLY_ID }]);
    const outcomes = await story.app.db.database.query('SELECT DISTINCT outcome FROM delivery_reports');
    expect(outcomes).toEqual([{ outcome: 'applied' }]);
  });

  it('takes a long message in parts under the one id, whose report stands for all of them', async () => {
    const { id } = await portal.send('+79162000001', 'Please bring your insurance card. '.repeat(12));
    const shown = await whileTimePasses(portal.inState(id, 'delivered', 20_000));
    expect(shown).toMatchObject({ parts: 3, chargeState: 'captured' });
  });

  it('changes nothing where two messages to one number could be meant', async () => {
    const to = '+79163000001';
    const first = await portal.send(to, 'one');
    const second = await portal.send(to, 'two');
    await whileTimePasses(
      until(
        'both reports are kept',
        async () => {
          const rows = await story.app.db.database.query<{ outcome: string }>(
            `SELECT outcome FROM delivery_reports WHERE outcome = 'ambiguous' OR message_id = ANY ($1::uuid[])`,
            [[first.id, second.id]],
          );
          return rows.length >= 2;
        },
        20_000,
      ),
    );
    // Whichever came while only one was on its way is that one's; nobody gets the other's.
    for (const { id } of [first, second])
      expect(['submitted', 'delivered']).toContain((await portal.message(id)).state);
  });
});
