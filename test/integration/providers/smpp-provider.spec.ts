import type { Socket } from 'node:net';
import smpp, { type PDU } from 'smpp';
import type {
  PartOutcome,
  SmsProvider,
  StatusAnswer,
  Submission,
} from '../../../src/modules/providers/sms-provider.js';
import { SmppProvider } from '../../../src/modules/providers/smpp/smpp-provider.js';
import { readSmppSettings, type SmppSettings } from '../../../src/modules/providers/smpp/smpp-settings.js';
import { submission } from '../../contract/sms-provider.js';
import { ProviderRecorder } from '../../support/provider-recorder.js';
import { polite, RawSmsc, type RawHandler } from '../../support/raw-smsc.js';
import { TEST_TLS } from '../../support/tls-fixture.js';
import { until } from '../../support/until.js';

const TO = '48500000001';

const nack = (sequence: number): PDU => new smpp.PDU('generic_nack', { command_status: 3, sequence_number: sequence });

describe('SmppProvider against a peer that is not decent', () => {
  let smsc: RawSmsc;
  let provider: SmsProvider;
  let heard: ProviderRecorder;
  const open: { stop(): Promise<void> }[] = [];

  async function start(
    handler: RawHandler,
    settings: Partial<SmppSettings> = {},
    listener = new ProviderRecorder(),
    tls?: { key: string; cert: string },
  ): Promise<void> {
    smsc = await RawSmsc.start(handler, tls);
    heard = listener;
    const made = new SmppProvider({
      settings: readSmppSettings({
        host: '127.0.0.1',
        port: smsc.port,
        responseTimeoutMs: 200,
        bindTimeoutMs: 150,
        reconnectMinMs: 10,
        reconnectMaxMs: 40,
        throttleMinMs: 20,
        throttleMaxMs: 200,
        ...settings,
      }),
      credentials: { systemId: 'kabinet', password: 'secret' },
      now: () => new Date(),
    });
    provider = made;
    open.push({ stop: () => made.stop(0) }, smsc);
    provider.start(heard);
  }

  const ready = () => until('it is ready', () => provider.state().status === 'ready');
  const sendAll = async (batch: Submission[]) => (await provider.submit(batch)).flatMap((outcome) => outcome.parts);
  const sendOne = async (text = 'hello'): Promise<PartOutcome> => (await sendAll([submission(TO, text)]))[0]!;

  afterEach(async () => {
    for (const resource of open.splice(0)) await resource.stop();
  });

  describe('binding', () => {
    it.each([
      ['invalid password', 0x0e],
      ['invalid system id', 0x0f],
    ])('stops at "%s" until it is started again', async (_what, status) => {
      let refusing = true;
      await start((pdu, socket, raw) => {
        if (refusing && pdu.command === 'bind_transceiver')
          socket.end(pdu.response({ command_status: status }).toBuffer());
        else polite((submit) => socket.write(submit.response({ message_id: '1' }).toBuffer()))(pdu, socket, raw);
      });
      await until('it gives up', () => provider.state().status === 'auth_failed');
      expect(provider.state().lastError?.code).toBe(`0x0000000${status.toString(16)}`);
      expect(await sendOne()).toMatchObject({ kind: 'not_sent', reason: 'unavailable', code: 'auth_failed' });
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(smsc.connections).toBe(1);
      refusing = false;
      provider.start(heard);
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'submitted' });
    });

    it.each([
      ['already bound', 0x05],
      ['bind failed', 0x0d],
      ['system error', 0x08],
    ])('tries again after "%s", each time in a new connection', async (_what, status) => {
      let refusals = 0;
      await start((pdu, socket, raw) => {
        if (pdu.command === 'bind_transceiver' && refusals++ < 3)
          socket.end(pdu.response({ command_status: status }).toBuffer());
        else polite()(pdu, socket, raw);
      });
      await until('it was refused', () => provider.state().lastError);
      expect(provider.state()).toMatchObject({ status: 'connecting', retryAt: expect.any(Date) });
      await ready();
      expect(smsc.connections).toBe(4);
    });

    it('gives up on a bind that is never answered, and on a peer that hangs up at once', async () => {
      await start((_pdu, socket, raw) => {
        if (raw.connections === 2) socket.destroy();
      });
      await until('it tried thrice', () => smsc.connections >= 3);
      expect(provider.state().status).toBe('connecting');
      expect(await sendOne()).toMatchObject({ kind: 'not_sent', reason: 'disconnected' });
    });

    it('binds half a pair again without the other', async () => {
      await start(polite(), { bindMode: 'pair' });
      await ready();
      expect(smsc.commands().sort()).toEqual(['bind_receiver', 'bind_transmitter']);
      const receiver = smsc.received.findIndex((pdu) => pdu.command === 'bind_receiver');
      smsc.sockets[receiver]!.destroy();
      await until('it notices', () => provider.state().status === 'connecting');
      await ready();
      expect(smsc.commands().filter((command) => command === 'bind_receiver')).toHaveLength(2);
      expect(smsc.commands().filter((command) => command === 'bind_transmitter')).toHaveLength(1);
    });

    it('stops both halves of a pair when one is refused', async () => {
      await start(
        (pdu, socket, raw) => {
          if (pdu.command === 'bind_receiver') socket.end(pdu.response({ command_status: 0x0e }).toBuffer());
          else polite()(pdu, socket, raw);
        },
        { bindMode: 'pair' },
      );
      await until('it gives up', () => provider.state().status === 'auth_failed');
      await until('the other half is closed', () => smsc.sockets.every((socket) => socket.destroyed));
      expect(provider.state().status).toBe('auth_failed');
    });
  });

  describe('answers', () => {
    it('come in pieces and in any order', async () => {
      const held: Buffer[] = [];
      await start(
        polite((pdu, socket) => {
          held.push(pdu.response({ message_id: `id-${pdu.sequence_number}` }).toBuffer());
          if (held.length < 3) return;
          void writeSlowly(socket, Buffer.concat(held.reverse()));
        }),
      );
      await ready();
      const parts = await sendAll([submission(TO, 'a'), submission(TO, 'b'), submission(TO, 'c')]);
      expect(parts).toMatchObject([2, 3, 4].map((sequence) => ({ providerMessageId: `id-${sequence}` })));
    });

    it.each([
      [0x58, { kind: 'not_sent', reason: 'throttled', code: '0x00000058' }],
      [0x14, { kind: 'not_sent', reason: 'throttled', code: '0x00000014' }],
      [0x64, { kind: 'not_sent', reason: 'unavailable', code: '0x00000064' }],
      [0x08, { kind: 'unknown', code: '0x00000008', detail: 'system error' }],
      [0xff, { kind: 'unknown', code: '0x000000ff', detail: 'unknown error' }],
      [0x0b, { kind: 'rejected', code: '0x0000000b', detail: 'invalid destination address' }],
      [0x45, { kind: 'rejected', code: '0x00000045', detail: 'submit failed' }],
      [0x427, { kind: 'rejected', code: '0x00000427', detail: "the provider's own error" }],
    ])('with status %i are told apart', async (command_status, expected) => {
      await start(polite((pdu, socket) => socket.write(pdu.response({ command_status }).toBuffer())));
      await ready();
      expect(await sendOne()).toMatchObject(expected);
      // Or a bind over which nothing leaves would look well.
      const refusal = 'reason' in expected ? expect.objectContaining({ code: expected.code }) : null;
      expect(provider.state().lastError).toEqual(refusal);
    });

    it("mean what the provider's settings say", async () => {
      await start(
        polite((pdu, socket) => socket.write(pdu.response({ command_status: 0x08 }).toBuffer())),
        { statusMeanings: { '00000008': 'unavailable' } },
      );
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'not_sent', reason: 'unavailable' });
    });

    it('may be generic_nacks', async () => {
      await start(
        polite((pdu, socket) =>
          socket.write(
            new smpp.PDU('generic_nack', { command_status: 3, sequence_number: pdu.sequence_number }).toBuffer(),
          ),
        ),
      );
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'rejected', code: '0x00000003' });
      expect(provider.state().status).toBe('ready');
    });

    it('without a sequence number end the session: what was written is unknown', async () => {
      await start(
        polite((_pdu, socket) => socket.write(new smpp.PDU('generic_nack', { command_status: 2 }).toBuffer())),
      );
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'unknown', code: 'disconnected' });
      await until('it binds again', () => smsc.connections === 2);
    });

    it.each([
      ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
      ['a length of zero', Buffer.alloc(16)],
      ['an oversized length', Buffer.from('7fffffff8000000400000000', 'hex')],
    ])('that are %s end the session: what was written is unknown', async (_what, garbage) => {
      await start(polite((_pdu, socket) => socket.write(garbage)));
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'unknown', code: 'disconnected' });
      expect(provider.state().lastError?.code).toBe('framing_error');
      await until('it binds again', () => smsc.connections === 2);
      await ready();
    });

    it('to nobody are ignored', async () => {
      await start(
        polite((pdu, socket) => {
          for (const sequence of [0, 999, pdu.sequence_number, pdu.sequence_number])
            socket.write(new smpp.PDU('submit_sm_resp', { sequence_number: sequence, message_id: 'x' }).toBuffer());
        }),
      );
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'submitted', providerMessageId: 'x' });
      expect(await sendOne()).toMatchObject({ kind: 'submitted', providerMessageId: 'x' });
    });
  });

  describe('questions', () => {
    const asked = { statusQuery: true };
    const statusIn = (result: StatusAnswer['result']) => (result && result !== 'not_found' ? result.status : result);
    const question = (providerMessageId: string) => ({ clientReference: 'ref', providerMessageId, to: TO });
    const ask = async (...ids: string[]) =>
      (await provider.queryStatus!(ids.map(question))).map(({ result }) => statusIn(result));
    const queries = () => smsc.commands().filter((command) => command === 'query_sm').length;
    /** Takes every message over; what it says to questions is `toQuery`'s. */
    const knowing = (toQuery: RawHandler): RawHandler =>
      polite((pdu, socket, raw) => {
        if (pdu.command === 'query_sm') toQuery(pdu, socket, raw);
        else if (pdu.command === 'submit_sm') socket.write(pdu.response({ message_id: '1' }).toBuffer());
      });

    it('are told all that a message is', async () => {
      const states: Record<string, Record<string, unknown>> = {
        done: { message_state: 2, final_date: '260301103005712+' },
        dead: { message_state: 5, final_date: '20260301103000', error_code: 21 },
        moving: { message_state: 1 },
        later: { message_state: 0 },
        taken: { message_state: 6 },
      };
      await start(
        knowing((pdu, socket) => socket.write(pdu.response(states[pdu.message_id!]).toBuffer())),
        { ...asked, receiptZone: 'Europe/Warsaw' },
      );
      await ready();
      const answers = await provider.queryStatus!(Object.keys(states).map(question));
      const ends = { done: '2026-03-01T07:30:05.700Z', dead: '2026-03-01T09:30:00.000Z' };
      expect(answers.map(({ result }) => result)).toMatchObject([
        { providerMessageId: 'done', status: 'delivered', intermediate: false, errorCode: null, to: TO },
        { providerMessageId: 'dead', status: 'undelivered', intermediate: false, errorCode: '21', to: TO },
        { providerMessageId: 'moving', status: 'submitted', intermediate: true, doneAt: null },
        { providerMessageId: 'later', status: 'submitted', intermediate: true, doneAt: null },
        { providerMessageId: 'taken', status: 'submitted', intermediate: true, doneAt: null },
      ]);
      const doneAt = answers.slice(0, 2).map(({ result }) => (result as { doneAt: Date }).doneAt.toISOString());
      expect(doneAt).toEqual([ends.done, ends.dead]);
    });

    it.each([
      ['an id that is invalid there', { command_status: 0x0c }, ['not_found', 'not_found']],
      ['a query that failed', { command_status: 0x67 }, ['not_found', 'not_found']],
      ['a state that is unknown there, too', { message_state: 7 }, ['submitted', 'submitted']],
      ['a state of its own', { message_state: 77 }, ['submitted', 'submitted']],
      ['a pace that is too fast', { command_status: 0x58 }, [null, null]],
    ])('that are answered with %s end nothing', async (_what, fields, told) => {
      await start(
        knowing((pdu, socket) => socket.write(pdu.response(fields).toBuffer())),
        asked,
      );
      await ready();
      const answers = await provider.queryStatus!(['1', '2'].map(question));
      expect(answers.map(({ result }) => statusIn(result))).toEqual(told);
      for (const { result } of answers) if (result && result !== 'not_found') expect(result.intermediate).toBe(true);
      expect(queries()).toBe(told[0] === null ? 1 : 2);
      expect(provider.state()).toMatchObject({ status: 'ready', lastError: null });
    });

    it.each([
      ['with a generic_nack', (pdu: PDU) => nack(pdu.sequence_number)],
      ['with a generic_nack that names no number', () => nack(0)],
      ['as an invalid command', (pdu: PDU) => pdu.response({ command_status: 3 })],
      ['with nothing', () => null],
    ])(
      'that a peer does not know and answers %s cost neither the link nor a message, and are not repeated',
      async (_how, say) => {
        await start(
          knowing((pdu, socket) => {
            const answer = say(pdu);
            if (answer) socket.write(answer.toBuffer());
          }),
          asked,
        );
        await ready();
        const answers = ask('1', '2');
        expect(await sendOne()).toMatchObject({ kind: 'submitted' });
        expect(await answers).toEqual([null, null]);
        expect(await ask('3')).toEqual([null]);
        expect(queries()).toBe(1);
        expect(provider.state()).toMatchObject({ status: 'ready', lastError: null });
        expect(smsc.connections).toBe(1);
      },
    );

    it('over which a peer hangs up are not repeated when it is back', async () => {
      await start(
        knowing((_pdu, socket) => socket.destroy()),
        asked,
      );
      await ready();
      expect(await ask('1')).toEqual([null]);
      await until('it is bound again', () => smsc.connections === 2 && provider.state().status === 'ready');
      expect(await ask('1')).toEqual([null]);
      expect(queries()).toBe(1);
    });

    it('wait for a place in the window', async () => {
      const silent: RawHandler = (pdu, socket) => {
        if (pdu.command === 'query_sm') socket.write(pdu.response({ message_state: 2 }).toBuffer());
      };
      await start(polite(silent), { ...asked, windowSize: 1 });
      await ready();
      const open = sendOne();
      await until('it is on its way', () => smsc.commands().includes('submit_sm'));
      expect(await ask('1')).toEqual([null]);
      expect(await open).toMatchObject({ kind: 'unknown' });
      expect(await ask('1')).toEqual(['delivered']);
    });
  });

  describe('the window', () => {
    it('is never exceeded, also by a message with more parts than it has places', async () => {
      let open = 0;
      let most = 0;
      await start(
        polite((pdu, socket) => {
          most = Math.max(most, ++open);
          setTimeout(() => {
            open--;
            socket.write(pdu.response({ message_id: String(pdu.sequence_number) }).toBuffer());
          }, 5);
        }),
        { windowSize: 4 },
      );
      await ready();
      const texts = Array.from({ length: 11 }, (_, index) => `part ${index}`);
      const parts = await sendAll([submission(TO, ...texts)]);
      expect(parts.map((part) => part.kind)).toEqual(texts.map(() => 'submitted'));
      expect(most).toBe(4);
    });

    it('turns back what has no place, and says when there is some', async () => {
      const held: (() => void)[] = [];
      await start(
        polite((pdu, socket) => {
          held.push(() => socket.write(pdu.response({ message_id: '1' }).toBuffer()));
        }),
        { windowSize: 2 },
      );
      await ready();
      const sent = sendAll(Array.from({ length: 7 }, () => submission(TO, 'x')));
      await until('the window is full', () => held.length === 2);
      expect(provider.freeSlots()).toBe(0);
      expect(heard.capacityCalls).toBe(1); // when it became ready
      const answering = setInterval(() => held.splice(0).forEach((answer) => answer()), 2);
      const kinds = (await sent).map((part) => (part.kind === 'not_sent' ? part.reason : part.kind));
      clearInterval(answering);
      expect(kinds).toEqual([
        ...Array.from({ length: 4 }, () => 'submitted'),
        'queue_full',
        'queue_full',
        'queue_full',
      ]);
      expect(heard.capacityCalls).toBe(2);
      expect(provider.freeSlots()).toBe(2);
    });

    it('is emptied within the time-out when nothing is ever answered', async () => {
      await start(polite(), { windowSize: 1, responseTimeoutMs: 80 });
      await ready();
      const parts = await sendAll([submission(TO, 'a', 'b', 'c', 'd', 'e')]);
      expect(parts[0]).toMatchObject({ kind: 'unknown', code: 'response_timeout' });
      expect(parts.at(-1)).toMatchObject({ kind: 'not_sent', reason: 'queue_full' });
      expect(smsc.received.filter((pdu) => pdu.command === 'submit_sm')).toHaveLength(
        parts.filter((part) => part.kind === 'unknown').length,
      );
      expect(parts.filter((part) => part.kind === 'unknown').length).toBeLessThan(5);
    });
  });

  describe('a peer that is bound and answers no submit', () => {
    it('costs one window, then one message for each pause, until it answers', async () => {
      let silent = true;
      const submits = () => smsc.received.filter((pdu) => pdu.command === 'submit_sm').length;
      await start(
        polite((pdu, socket) => {
          if (pdu.command === 'submit_sm' && silent) return;
          socket.write(pdu.response({ message_id: String(pdu.sequence_number) }).toBuffer());
        }),
        { windowSize: 8, responseTimeoutMs: 500, reconnectMinMs: 60, reconnectMaxMs: 120 },
      );
      await ready();
      const texts = (count: number) => Array.from({ length: count }, () => submission(TO, 'x'));
      const kinds = (parts: readonly PartOutcome[]) => parts.map((part) => part.kind);
      expect(kinds(await sendAll(texts(8)))).toEqual(texts(8).map(() => 'unknown'));
      expect(provider.state()).toMatchObject({ status: 'connecting', lastError: { code: 'response_timeout' } });
      expect(provider.state().retryAt).toBeInstanceOf(Date);
      expect((await sendAll(texts(1)))[0]).toMatchObject({ kind: 'not_sent', code: 'silent' });

      for (let probe = 1; probe <= 2; probe++) {
        await until('it may be probed', () => provider.freeSlots() > 0);
        expect(provider.state().window).toBe(1);
        expect(kinds(await sendAll(texts(3)))).toEqual(['unknown', 'not_sent', 'not_sent']);
        expect(submits()).toBe(8 + probe);
      }
      silent = false;
      await until('it may be probed', () => provider.freeSlots() > 0);
      expect(kinds(await sendAll(texts(1)))).toEqual(['submitted']);
      expect(provider.freeSlots()).toBe(8);
      expect(kinds(await sendAll(texts(8)))).toEqual(texts(8).map(() => 'submitted'));
    });
  });

  describe('throttling', () => {
    it('counts a burst once, pauses longer each time, and gives back what waited', async () => {
      await start(
        polite((pdu, socket) => socket.write(pdu.response({ command_status: 0x58 }).toBuffer())),
        { windowSize: 3, throttleMinMs: 40, throttleMaxMs: 10_000 },
      );
      const pauses: number[] = [];
      for (let round = 0; round < 3; round++) {
        await until('it may send', () => provider.freeSlots() > 0);
        const parts = await sendAll([1, 2, 3, 4, 5].map(() => submission(TO, 'x')));
        expect(parts.every((part) => part.kind === 'not_sent' && part.reason === 'throttled')).toBe(true);
        pauses.push((parts[0] as { retryAfterMs: number }).retryAfterMs);
      }
      expect(smsc.received.filter((pdu) => pdu.command === 'submit_sm')).toHaveLength(9);
      expect(pauses[0]).toBeLessThanOrEqual(40);
      expect(pauses[1]).toBeGreaterThanOrEqual(39);
      expect(pauses[2]).toBeGreaterThanOrEqual(79);
      expect(heard.states.map((state) => state.status)).toContain('throttled');
    });
  });

  describe('the link', () => {
    it('is asked whether it lives, given up when it is deaf, and opened anew', async () => {
      await start(
        (pdu, socket) => {
          if (pdu.command === 'bind_transceiver') socket.write(pdu.response().toBuffer());
        },
        { enquireLinkMs: 30, responseTimeoutMs: 60 },
      );
      await ready();
      await until('it is given up', () => provider.state().lastError?.code === 'link_dead');
      expect(smsc.commands()).toContain('enquire_link');
      await until('it binds again', () => smsc.connections === 2);
    });

    it('is given up when nothing comes for too long', async () => {
      await start(polite(), { enquireLinkMs: 10_000, inactivityMs: 60 });
      await ready();
      await until('it is given up', () => provider.state().lastError?.code === 'inactive');
    });

    it('is given up when the peer talks and does not listen', async () => {
      const asking: NodeJS.Timeout[] = [];
      await start(
        polite((_submit, socket) => {
          socket.pause();
          const ask = () => socket.write(new smpp.PDU('enquire_link', { sequence_number: 1 }).toBuffer());
          if (asking.length === 0) asking.push(setInterval(ask, 20));
        }),
        { concatenation: 'payload', windowSize: 1_000 },
      );
      await ready();
      // More than any socket holds.
      const long = Array<string>(100).fill('x'.repeat(150));
      const outcomes = provider.submit(Array.from({ length: 1_000 }, () => submission(TO, ...long)));
      try {
        await until('it is given up', () => provider.state().lastError?.code === 'write_blocked', 3_000);
        await until('it binds again', () => provider.state().status === 'ready');
        // What was handed to the socket nobody knows about; what a busy machine had not come to by then was not sent.
        const kinds = new Set((await outcomes).map(({ parts }) => parts[0]!.kind));
        expect(kinds.has('unknown')).toBe(true);
        expect([...kinds].filter((kind) => kind !== 'unknown' && kind !== 'not_sent')).toEqual([]);
      } finally {
        clearInterval(asking[0]);
      }
    });

    it('stays when the peer answers', async () => {
      await start(polite(), { enquireLinkMs: 10, responseTimeoutMs: 40, inactivityMs: 100 });
      await ready();
      await until('it was asked often', () => smsc.commands().filter((name) => name === 'enquire_link').length > 8);
      expect(smsc.connections).toBe(1);
    });

    it('is not given up for an answer that lies unread while the process is busy', async () => {
      let stalls = 0;
      await start(
        (pdu, socket, raw) => {
          polite()(pdu, socket, raw);
          if (pdu.command !== 'enquire_link' || stalls >= 2) return;
          stalls++;
          const busyUntil = performance.now() + 400;
          while (performance.now() < busyUntil);
        },
        // The peer lives in this process: where that is kept waiting for a whole time-out, nobody answers.
        { enquireLinkMs: 20, responseTimeoutMs: 250 },
      );
      await ready();
      await until('the process was busy twice', () => stalls === 2);
      await until('it is asked again', () => smsc.commands().filter((name) => name === 'enquire_link').length > 4);
      expect(smsc.connections).toBe(1);
      expect(provider.state().lastError).toBeNull();
    });

    it('answers what the peer asks', async () => {
      await start(polite());
      await ready();
      const ask = async (command: string, sequence: number): Promise<number> => {
        smsc.sockets[0]!.write(new smpp.PDU(command, { sequence_number: sequence }).toBuffer());
        return smsc.answerTo(sequence);
      };
      expect(await ask('enquire_link', 500)).toBe(0);
      expect(await ask('submit_sm', 501)).toBe(3);
      expect(smsc.received.at(-1)!.command).toBe('generic_nack');
    });

    it('lets the peer unbind: answers, waits for what is open, and binds again', async () => {
      const held: (() => void)[] = [];
      await start(
        polite((pdu, socket) => {
          held.push(() => socket.write(pdu.response({ message_id: '1' }).toBuffer()));
        }),
      );
      await ready();
      const sent = sendOne();
      await until('it is written', () => held.length === 1);
      smsc.sockets[0]!.write(new smpp.PDU('unbind', { sequence_number: 600 }).toBuffer());
      expect(await smsc.answerTo(600)).toBe(0);
      held[0]!();
      expect(await sent).toMatchObject({ kind: 'submitted' });
      await until('it binds again', () => smsc.connections === 2);
      await ready();
    });

    it('is unbound when it is stopped', async () => {
      await start(polite());
      await ready();
      await provider.stop(100);
      expect(smsc.commands()).toEqual(['bind_transceiver', 'unbind']);
      expect(heard.states.map((state) => state.status)).toEqual(['connecting', 'ready', 'draining', 'stopped']);
    });

    it('is closed even when the peer does not let go', async () => {
      await start((pdu, socket) => {
        if (pdu.command === 'bind_transceiver') socket.write(pdu.response().toBuffer());
      });
      await ready();
      await provider.stop(50);
      expect(provider.state().status).toBe('stopped');
    });
  });

  describe('deliveries', () => {
    const receipt = (id: string) => ({
      source_addr: TO,
      destination_addr: 'Kabinet',
      esm_class: 4,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2603010900 done date:2603010905 stat:DELIVRD err:000 text:x`,
    });

    it('are answered only when they are stored, and gathered while others are being stored', async () => {
      let release!: () => void;
      const listener = new ProviderRecorder();
      listener.beforeStored = () => new Promise((resolve) => (release = resolve));
      await start(polite(), {}, listener);
      await ready();
      const first = smsc.deliver(receipt('0'));
      await until('it is being stored', () => release);
      for (let index = 1; index <= 50; index++)
        smsc.sockets[0]!.write(
          new smpp.PDU('deliver_sm', { sequence_number: 2000 + index, ...receipt(String(index)) }).toBuffer(),
        );
      // Read behind the deliveries, and answered at once.
      smsc.sockets[0]!.write(new smpp.PDU('enquire_link', { sequence_number: 3000 }).toBuffer());
      expect(await smsc.answerTo(3000)).toBe(0);
      expect(smsc.commands()).not.toContain('deliver_sm_resp');
      listener.beforeStored = () => Promise.resolve();
      release();
      expect(await first).toBe(0);
      expect(await smsc.answerTo(2050)).toBe(0);
      expect(listener.batches.map((batch) => batch.length)).toEqual([1, 50]);
      expect(listener.reports.map((report) => report.providerMessageId)).toEqual(
        Array.from({ length: 51 }, (_, index) => String(index)),
      );
    });

    it('that cannot be stored are answered "temporary error"', async () => {
      const listener = new ProviderRecorder();
      listener.beforeStored = () => Promise.reject(new Error('no database'));
      await start(polite(), {}, listener);
      await ready();
      expect(await smsc.deliver(receipt('1'))).toBe(0x64);
    });

    it('that are cut short are answered so, and the next one is read', async () => {
      await start(polite());
      await ready();
      const broken = new smpp.PDU('deliver_sm', { sequence_number: 700, ...receipt('1') }).toBuffer().subarray(0, 30);
      broken.writeUInt32BE(30, 0);
      smsc.sockets[0]!.write(broken);
      expect(await smsc.answerTo(700)).toBe(2);
      expect(await smsc.deliver(receipt('2'))).toBe(0);
      expect(heard.reports).toMatchObject([{ providerMessageId: '2' }]);
    });

    it('are reports with everything they say', async () => {
      await start(polite(), { receiptZone: 'Europe/Moscow' });
      await ready();
      await smsc.deliver({
        ...receipt('17'),
        short_message:
          'id:17 sub:001 dlvrd:000 submit date:2603010900 done date:2603010905 stat:UNDELIV err:069 text:x',
      });
      expect(heard.reports).toEqual([
        {
          providerMessageId: '17',
          status: 'undelivered',
          intermediate: false,
          errorCode: '069',
          doneAt: new Date('2026-03-01T06:05:00Z'),
          receivedAt: expect.any(Date),
          from: 'Kabinet',
          to: TO,
          raw: 'id:17 sub:001 dlvrd:000 submit date:2603010900 done date:2603010905 stat:UNDELIV err:069 text:x',
        },
      ]);
    });

    it('are reports when they carry the id of a message, whatever their class', async () => {
      await start(polite());
      await ready();
      await smsc.deliver({
        source_addr: TO,
        destination_addr: 'Kabinet',
        esm_class: 0,
        receipted_message_id: 'AB',
        message_state: 5,
        network_error_code: Buffer.from([3, 0, 21]),
      });
      expect(heard.reports).toMatchObject([{ providerMessageId: 'AB', status: 'undelivered', errorCode: '3:21' }]);
      expect(heard.reports[0]!.raw).toContain('message_state=5');
      expect(heard.inbound).toEqual([]);
    });

    it('believe the TLVs before the text', async () => {
      await start(polite());
      await ready();
      await smsc.deliver({ ...receipt('text-id'), receipted_message_id: 'tlv-id', message_state: 3 });
      expect(heard.reports).toMatchObject([{ providerMessageId: 'tlv-id', status: 'expired' }]);
    });

    it('from phones are messages, whole or in parts', async () => {
      await start(polite());
      await ready();
      const fields = { source_addr: TO, destination_addr: '4321', esm_class: 0 };
      await smsc.deliver({ ...fields, data_coding: 0, short_message: 'STOP @€' });
      await smsc.deliver({ ...fields, data_coding: 8, short_message: 'СТОП 😜' });
      await smsc.deliver({
        ...fields,
        esm_class: 0x40,
        short_message: { udh: Buffer.from('0500030a0201', 'hex'), message: 'first half' },
      });
      expect(heard.inbound).toMatchObject([
        { from: TO, to: '4321', text: 'STOP @€' },
        { text: 'СТОП 😜' },
        { text: 'first half', concat: { reference: 10, partsTotal: 2, partNo: 1 } },
      ]);
      expect(heard.reports).toEqual([]);
    });

    it('from phones are refused when nobody takes them', async () => {
      const deaf = { onReports: () => Promise.resolve() };
      await start(polite(), {}, deaf as unknown as ProviderRecorder);
      await ready();
      expect(await smsc.deliver({ source_addr: TO, destination_addr: '1', short_message: 'hello' })).toBe(0x65);
    });
  });

  describe('TLS', () => {
    it('speaks it, and checks who is there', async () => {
      const handler = polite((pdu, socket) => socket.write(pdu.response({ message_id: '1' }).toBuffer()));
      await start(handler, { tls: { serverName: 'smsc.test', ca: TEST_TLS.cert } }, undefined, TEST_TLS);
      await ready();
      expect(await sendOne()).toMatchObject({ kind: 'submitted' });
    });

    it.each([
      ['a stranger', { serverName: 'smsc.test', ca: null }],
      ['somebody else', { serverName: 'other.test', ca: TEST_TLS.cert }],
    ])('tells nothing to %s', async (_what, tls) => {
      await start(polite(), { tls }, undefined, TEST_TLS);
      await until('it was refused', () => provider.state().lastError);
      expect(provider.state().lastError!.code).toMatch(/CERT/);
      expect(smsc.received).toEqual([]);
    });
  });
});

async function writeSlowly(socket: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += 3) {
    socket.write(bytes.subarray(at, at + 3));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
