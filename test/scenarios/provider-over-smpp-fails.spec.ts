import type { Socket } from 'node:net';
import type { PDU } from 'smpp';
import { AdvancedClock } from '../support/clock.js';
import { polite, RawSmsc } from '../support/raw-smsc.js';
import { SandboxOperator } from '../support/sandbox-operator.js';
import { type Portal, type ShownMessage, Story } from '../support/story.js';
import { until } from '../support/until.js';

const PRICE = 3.9;
const SETTINGS = { windowSize: 2, responseTimeoutMs: 400, reconnectMinMs: 10, reconnectMaxMs: 40 };

/** Russian numbers go to a peer of bare sockets, which answers as each test says; Polish ones to an operator that works all the time. */
describe('a provider over SMPP fails', () => {
  const clock = new AdvancedClock();
  let story: Story;
  let smsc: RawSmsc;
  let other: SandboxOperator;
  let portal: Portal;
  let sent = 0;
  /** What the peer does with the next submits; then it takes them. */
  let faults: ((submit: PDU, socket: Socket) => void)[];

  beforeAll(async () => {
    smsc = await RawSmsc.start(
      polite((pdu, socket) => {
        if (pdu.command === 'submit_sm') (faults.shift() ?? take)(pdu, socket);
      }),
    );
    other = await SandboxOperator.start();
    story = await Story.begin({ clock });
    await story.addSmpp(smsc.port, '7', SETTINGS);
    await story.addSmpp(other.ports.smpp, '48');
  });
  beforeEach(async () => {
    faults = [];
    portal = await story.openPortal({ amount: '100.00' });
  });
  afterAll(async () => {
    await story.end();
    await smsc.stop();
    await other.stop();
  });

  const take = (submit: PDU, socket: Socket): void =>
    void socket.write(submit.response({ message_id: idOf(submit.destination_addr!) }).toBuffer());
  const ignore = (): void => undefined;
  const idOf = (to: string) => `id-${to}`;
  const submitsTo = (to: string) =>
    smsc.received.filter(({ command, destination_addr }) => command === 'submit_sm' && destination_addr === to);

  async function send(more: object = {}): Promise<{ id: string; to: string }> {
    const to = `7916${4_000_000 + ++sent}`;
    return { id: (await portal.send(`+${to}`, 'Ждём вас', more)).id, to };
  }

  async function report(to: string, messageId = idOf(to)): Promise<void> {
    const status = await smsc.deliver({
      esm_class: 4,
      source_addr: to,
      destination_addr: 'Kabinet',
      receipted_message_id: messageId,
      message_state: 2,
      short_message: 'stat:DELIVRD err:000',
    });
    expect(status).toBe(0);
  }

  async function expectOthersUnaffected(): Promise<void> {
    const to = `4851${4_000_000 + ++sent}`;
    const { id } = await portal.send(`+${to}`, 'Czekamy');
    await portal.inState(id, 'delivered');
    expect(other.inbox(to)).toHaveLength(1);
  }

  async function expectHeld(messages: number): Promise<void> {
    expect((await portal.wallet()).held).toBe((messages * PRICE).toFixed(6));
  }

  async function expectDelivered({ id, to }: { id: string; to: string }, messageId?: string): Promise<ShownMessage> {
    await portal.inState(id, 'submitted');
    await report(to, messageId);
    expect(submitsTo(to)).toHaveLength(1);
    const shown = await portal.inState(id, 'delivered');
    expect(shown.chargeState).toBe('captured');
    return shown;
  }

  it('by never answering a submit: unknown with its price held for a day; the next ones leave', async () => {
    faults = [ignore, ignore, ignore];
    const silent = [await send(), await send(), await send()];
    for (const { id } of silent)
      expect(await portal.inState(id, 'unknown')).toMatchObject({
        chargeState: 'held',
        reason: 'outcome_unknown',
        attempts: [{ number: 1, state: 'unknown', errorCode: 'response_timeout' }],
      });
    await expectHeld(3);
    await expectOthersUnaffected();
    await expectDelivered(await send());
    await expectHeld(3);

    clock.advance({ hours: 24 });
    for (const { id, to } of silent) {
      expect(await portal.inState(id, 'expired')).toMatchObject({ reason: 'outcome_unknown', chargeState: 'released' });
      expect(submitsTo(to)).toHaveLength(1);
    }
    await expectHeld(0);
  });

  it('by never answering a submit that the caller wants to arrive at least once: sent once more, flagged, paid once', async () => {
    faults = [ignore, ignore];
    const wanted = await send({ deliveryPolicy: 'at_least_once' });
    const other = await send();
    for (const { id } of [wanted, other]) await portal.inState(id, 'unknown');
    clock.advance({ minutes: 2 });
    await portal.inState(wanted.id, 'submitted');
    await report(wanted.to);
    expect(await portal.inState(wanted.id, 'delivered')).toMatchObject({
      chargeState: 'captured',
      attempts: [{ number: 1, state: 'unknown' }, { number: 2 }],
    });
    expect(submitsTo(wanted.to)).toHaveLength(2);
    expect(submitsTo(other.to)).toHaveLength(1);
    await expectHeld(1);
    const staff = await story.asStaff();
    const { attempts, deliveryPolicy } = await staff.get(
      `/admin/v1/accounts/${portal.accountId}/messages/${wanted.id}`,
    );
    expect(deliveryPolicy).toBe('at_least_once');
    expect(attempts.map(({ repeatReason }: { repeatReason: string | null }) => repeatReason)).toEqual([
      null,
      'at_least_once',
    ]);
  });

  it('by answering long after the time-out: no longer unknown, charged once, delivered', async () => {
    let late: (() => void) | undefined;
    faults = [(submit, socket) => (late = () => take(submit, socket))];
    const message = await send();
    await portal.inState(message.id, 'unknown');
    await expectHeld(1);
    late!();
    await expectDelivered(message);
    await expectHeld(0);
  });

  it.each([
    ['bytes that are no PDU', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a PDU of four gigabytes', Buffer.from('ffffffff80000004000000000000000100', 'hex')],
    ['a PDU shorter than its header', Buffer.from('00000004', 'hex')],
    ['zeros', Buffer.alloc(4_096)],
  ])(
    'by writing %s: what it had in hand is unknown, the session is opened anew and the rest leaves',
    async (_name, bytes) => {
      const connections = smsc.connections;
      faults = [(_submit, socket) => void socket.write(bytes)];
      const garbled = await send();
      expect(await portal.inState(garbled.id, 'unknown')).toMatchObject({
        chargeState: 'held',
        attempts: [{ number: 1, state: 'unknown' }],
      });
      await until('it is connected anew', () => smsc.connections > connections);
      await expectDelivered(await send());
      await expectOthersUnaffected();
      await expectHeld(1);
      expect(submitsTo(garbled.to)).toHaveLength(1);
    },
  );

  it('by cutting the connection after a submit: unknown, and found again when its report comes', async () => {
    faults = [(_submit, socket) => void socket.destroy()];
    const cut = await send();
    await portal.inState(cut.id, 'unknown');
    await expectDelivered(await send());
    await report(cut.to);
    // Nobody ever told us its id: number, sender and time must agree, and a minute must have passed.
    clock.advance({ minutes: 2 });
    expect(await portal.inState(cut.id, 'delivered')).toMatchObject({ chargeState: 'captured' });
    await expectHeld(0);
  });

  it.each([
    [
      'of 10,000 characters',
      '9'.repeat(10_000),
      (submit: PDU) => submit.response({ message_id: '9'.repeat(10_000) }).toBuffer(),
    ],
    ['that never ends', 'a'.repeat(184), unendingAnswer],
  ])('by giving an id %s: it is settled like any other, and its report is found', async (_name, messageId, answer) => {
    faults = [(submit, socket) => void socket.write(answer(submit))];
    await expectDelivered(await send(), messageId);
    await expectDelivered(await send());
    await expectHeld(0);
  });
});

/** A submit_sm_resp in the right frame whose text has no end. */
function unendingAnswer(submit: PDU): Buffer {
  const frame = Buffer.alloc(200, 'a');
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(0x80000004, 4);
  frame.writeUInt32BE(0, 8);
  frame.writeUInt32BE(submit.sequence_number, 12);
  return frame;
}
