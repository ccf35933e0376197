import type {
  PartOutcome,
  ProviderCapabilities,
  SmsProvider,
  StatusAnswer,
  Submission,
} from '../../src/modules/providers/sms-provider.js';
import { ProviderRecorder } from '../support/provider-recorder.js';
import { until } from '../support/until.js';

/** Where the adapter under test sends to: a real peer of its kind, which can be told to misbehave. */
export interface ContractPeer {
  /** What the phone shows, oldest first. */
  inbox(to: string): Promise<{ from: string; text: string }[]>;
  /** Requests that reached the peer, whatever it made of them. */
  requests(): Promise<number>;
  refuseNext(): Promise<void>;
  throttleNext(): Promise<void>;
  /** Takes the next request over and never answers it. */
  neverAnswerNext(): Promise<void>;
  /** Takes the next request over and answers it after so many milliseconds. */
  answerLateNext(delayMs: number): Promise<void>;
  /** Takes the next request over and cuts the connection instead of answering. */
  cutNext(): Promise<void>;
  /** Takes all of the next request over, and says nothing of this number; where several messages share a request. */
  leaveOutNext?(to: string): Promise<void>;
  /** Refuses connections, and cuts those that are there. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** How reports misbehave from now on. */
  reports(faults: { duplicate?: boolean; beforeAnswer?: boolean; intermediate?: boolean }): Promise<void>;
}

export interface ContractSubject {
  peer: ContractPeer;
  /** Not started. Its response time-out is `RESPONSE_TIMEOUT_MS`, its window at least 4. */
  provider: SmsProvider;
  /** Numbers and what the peer does with them. */
  numbers: { delivered: string; undelivered: string; expired: string; refused: string };
  /** Stops the peer; the provider is stopped by the suite. */
  close(): Promise<void>;
}

export const RESPONSE_TIMEOUT_MS = 400;

let nextReference = 1;

/** A submission of one text; more texts are the parts of one message. */
export function submission(to: string, ...texts: string[]): Submission {
  const reference = nextReference++;
  return {
    clientReference: `ref-${reference}`,
    to,
    sender: 'Kabinet',
    encoding: 'gsm7',
    concatReference: reference,
    parts: texts.map((text, index) => ({ partNo: index + 1, partsTotal: texts.length, text })),
    validUntil: null,
  };
}

const isUnderWay = ({ result }: StatusAnswer): boolean =>
  result !== null && result !== 'not_found' && result.intermediate;

type Outcome = 'delivered' | 'undelivered' | 'expired';

/** What every adapter promises, whatever it speaks. `capabilities` leave out what an adapter does not have. */
export function describeSmsProvider(
  name: string,
  capabilities: ProviderCapabilities,
  open: () => Promise<ContractSubject>,
  { outcomes = ['delivered', 'undelivered', 'expired'] }: { outcomes?: Outcome[] } = {},
): void {
  const pushed = capabilities.reports === 'link' || capabilities.reports === 'callback';

  describe(`${name} as an SmsProvider`, () => {
    const whenPushed: (name: string, test: () => Promise<void>) => void = pushed ? it : () => undefined;
    let subject: ContractSubject;
    let provider: SmsProvider;
    let peer: ContractPeer;
    let heard: ProviderRecorder;

    beforeEach(async () => {
      subject = await open();
      ({ provider, peer } = subject);
      heard = new ProviderRecorder();
      provider.start(heard);
      await until('the link is ready', () => provider.state().status === 'ready');
    });

    afterEach(async () => {
      await provider.stop(100);
      await subject.close();
    });

    const send = async (...batch: Submission[]) => (await provider.submit(batch)).map((outcome) => outcome.parts);
    const sendOne = async (one: Submission) => (await send(one))[0]![0]!;

    it('says what it can do', () => expect(provider.capabilities).toEqual(capabilities));

    it('submits and says under which id', async () => {
      const part = await sendOne(submission(subject.numbers.delivered, 'hello'));
      expect(part).toMatchObject({ partNo: 1, kind: 'submitted', providerMessageId: expect.stringMatching(/^\S+$/) });
      expect(await peer.inbox(subject.numbers.delivered)).toMatchObject([{ from: 'Kabinet', text: 'hello' }]);
    });

    it('tells every outcome once, and all of them in the order they were asked for', async () => {
      const { delivered, refused } = subject.numbers;
      const batch = [submission(delivered, 'one'), submission(refused, 'two'), submission(delivered, 'three')];
      const told: string[] = [];
      const outcomes = await provider.submit(batch, (outcome) => told.push(outcome.clientReference));
      expect(outcomes.map((outcome) => outcome.clientReference)).toEqual(batch.map((one) => one.clientReference));
      expect(told.sort()).toEqual(batch.map((one) => one.clientReference).sort());
      expect(outcomes.map((outcome) => outcome.parts[0]!.kind)).toEqual(['submitted', 'rejected', 'submitted']);
    });

    it('resolves an empty batch', async () => expect(await provider.submit([])).toEqual([]));

    it('reports a definite refusal with its code', async () => {
      await peer.refuseNext();
      const part = await sendOne(submission(subject.numbers.delivered, 'no'));
      expect(part).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/./) });
      expect(await peer.inbox(subject.numbers.delivered)).toEqual([]);
    });

    it('calls a throttled part not sent, pauses, and goes on by itself', async () => {
      await peer.throttleNext();
      const part = await sendOne(submission(subject.numbers.delivered, 'slow'));
      expect(part).toMatchObject({ kind: 'not_sent', reason: 'throttled', retryAfterMs: expect.any(Number) });
      expect(provider.state().status).toBe('throttled');
      expect(provider.freeSlots()).toBe(0);
      const calls = heard.capacityCalls;
      const before = await peer.requests();
      const paused = await sendOne(submission(subject.numbers.delivered, 'slow'));
      expect(paused).toMatchObject({ kind: 'not_sent', reason: 'throttled' });
      expect(await peer.requests()).toBe(before);
      await until('it goes on', () => heard.capacityCalls > calls && provider.freeSlots() > 0);
      expect(await sendOne(submission(subject.numbers.delivered, 'slow'))).toMatchObject({ kind: 'submitted' });
    });

    it('calls a part not sent when there is no connection, and connects again by itself', async () => {
      await peer.goAway();
      await until('it notices', async () => {
        const part = await sendOne(submission(subject.numbers.delivered, 'nobody there'));
        return part.kind === 'not_sent' && part.reason === 'disconnected';
      });
      await peer.comeBack();
      await until('it sends again', async () => {
        const part = await sendOne(submission(subject.numbers.delivered, 'back'));
        return part.kind === 'submitted';
      });
      expect(await peer.inbox(subject.numbers.delivered)).toMatchObject([{ text: 'back' }]);
    });

    it('calls a part unknown when the connection ends after it was written', async () => {
      await peer.cutNext();
      const part = await sendOne(submission(subject.numbers.delivered, 'cut'));
      expect(part).toMatchObject({ kind: 'unknown', code: expect.stringMatching(/./) });
      expect(await peer.inbox(subject.numbers.delivered)).toMatchObject([{ text: 'cut' }]);
    });

    it('calls a part unknown when no answer comes in time, and never sends it again', async () => {
      await peer.neverAnswerNext();
      const started = performance.now();
      const part = await sendOne(submission(subject.numbers.delivered, 'lost'));
      expect(part).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - started).toBeGreaterThanOrEqual(RESPONSE_TIMEOUT_MS - 20);
      expect(await peer.requests()).toBe(1);
      expect(await sendOne(submission(subject.numbers.delivered, 'next'))).toMatchObject({ kind: 'submitted' });
      expect(await peer.requests()).toBe(2);
    });

    if (capabilities.lateAnswers)
      it('passes on an answer that comes after the time-out', async () => {
        await peer.answerLateNext(RESPONSE_TIMEOUT_MS + 200);
        const late = submission(subject.numbers.delivered, 'late');
        expect(await sendOne(late)).toMatchObject({ kind: 'unknown' });
        const [answer] = await until('the answer', () => heard.lateAnswers.length > 0 && heard.lateAnswers);
        expect(answer).toMatchObject({
          clientReference: late.clientReference,
          part: { partNo: 1, kind: 'submitted', providerMessageId: expect.stringMatching(/^\S+$/) },
        });
        const report = await until('its report', () => heard.reports[0]);
        expect(report.providerMessageId).toBe(answer!.part.kind === 'submitted' && answer!.part.providerMessageId);
      });

    if (pushed)
      it.each(outcomes)('passes on the report of a %s message', async (kind) => {
        const part = await sendOne(submission(subject.numbers[kind], 'report me'));
        const report = await until('the report', () => heard.reports[0]);
        expect(report).toMatchObject({ status: kind, intermediate: false, receivedAt: expect.any(Date) });
        expect(report.providerMessageId).toBe(part.kind === 'submitted' && part.providerMessageId);
        expect(report.errorCode === null).toBe(kind === 'delivered');
      });

    whenPushed('keeps the reports of several messages apart, in whatever order they come', async () => {
      const { delivered, undelivered } = subject.numbers;
      const batch = [delivered, undelivered, delivered, undelivered].map((to) => submission(to, 'report me'));
      const ids = (await send(...batch)).map(([part]) => part!.kind === 'submitted' && part!.providerMessageId);
      const reports = await until('all reports', () => heard.reports.length === 4 && heard.reports);
      const statuses = new Map(reports.map(({ providerMessageId, status }) => [providerMessageId, status]));
      expect(ids.map((id) => id && statuses.get(id))).toEqual(['delivered', 'undelivered', 'delivered', 'undelivered']);
    });

    whenPushed('passes on a report that comes before the answer', async () => {
      await peer.reports({ beforeAnswer: true });
      const outcome = sendOne(submission(subject.numbers.delivered, 'early'));
      const report = await until('the report', () => heard.reports[0]);
      const part = await outcome;
      expect(report.providerMessageId).toBe(part.kind === 'submitted' && part.providerMessageId);
    });

    whenPushed('passes on every copy of a repeated report', async () => {
      await peer.reports({ duplicate: true });
      await sendOne(submission(subject.numbers.delivered, 'twice'));
      const reports = await until('both reports', () => heard.reports.length === 2 && heard.reports);
      expect(reports[0]!.providerMessageId).toBe(reports[1]!.providerMessageId);
    });

    whenPushed('marks a note on the way as intermediate', async () => {
      await peer.reports({ intermediate: true });
      await sendOne(submission(subject.numbers.delivered, 'under way'));
      const reports = await until('both reports', () => heard.reports.length === 2 && heard.reports);
      expect(reports.map((report) => report.intermediate)).toEqual([true, false]);
    });

    whenPushed('has a report repeated that could not be stored', async () => {
      let refusals = 0;
      heard.beforeStored = () => (refusals++ === 0 ? Promise.reject(new Error('no database')) : Promise.resolve());
      await sendOne(submission(subject.numbers.delivered, 'again'));
      await until('the report is stored', () => heard.reports.length > 0);
      expect(refusals).toBeGreaterThan(1);
    });

    if (capabilities.statusQuery)
      it.each(outcomes)('is told when it asks that a message is %s', async (kind) => {
        const sent = submission(subject.numbers[kind], 'ask about me');
        const part = await sendOne(sent);
        const providerMessageId = part.kind === 'submitted' ? part.providerMessageId : '';
        const query = { clientReference: sent.clientReference, providerMessageId, to: sent.to };
        // The peer may need a moment, in which it says that the message is under way.
        const answer = await until('its end is told', async () => {
          const [told] = await provider.queryStatus!([query]);
          return isUnderWay(told!) ? undefined : told;
        });
        expect(answer.clientReference).toBe(sent.clientReference);
        expect(answer.result).toMatchObject({ status: kind, intermediate: false, providerMessageId, to: sent.to });
      });

    if (capabilities.statusQuery)
      it('answers what it asks about in order, and says what the provider never had', async () => {
        const batch = [submission(subject.numbers.delivered, 'one'), submission(subject.numbers.undelivered, 'two')];
        const parts = (await send(...batch)).map(([part]) => part!);
        const ids = parts.map((part) => (part.kind === 'submitted' ? part.providerMessageId : ''));
        const never = ids[0]!.replace(/.(?=.{3}$)/, (digit) => (digit === '9' ? '8' : '9'));
        const queries = [ids[1]!, never, ids[0]!].map((providerMessageId, index) => ({
          clientReference: `asked-${index}`,
          providerMessageId,
          to: batch[index === 0 ? 1 : 0]!.to,
        }));
        const answers = await until('the ends are told', async () => {
          const told = await provider.queryStatus!(queries);
          return told.some(isUnderWay) ? undefined : told;
        });
        expect(answers.map(({ clientReference }) => clientReference)).toEqual(['asked-0', 'asked-1', 'asked-2']);
        expect(answers.map(({ result }) => result && (result === 'not_found' ? result : result.status))).toEqual([
          'undelivered',
          'not_found',
          'delivered',
        ]);
      });

    if (capabilities.statusQuery)
      it('knows no state while the provider is away', async () => {
        await peer.goAway();
        const query = { clientReference: 'any', providerMessageId: '1', to: subject.numbers.delivered };
        expect(await provider.queryStatus!([query])).toEqual([{ clientReference: 'any', result: null }]);
      });

    if (capabilities.balance)
      it('is told the balance, or nothing while the provider is away', async () => {
        const balance = await provider.balance!();
        expect(balance).toEqual({ amount: expect.stringMatching(/^-?\d+(\.\d+)?$/), currency: expect.any(String) });
        await peer.goAway();
        expect(await provider.balance!()).toBeNull();
      });

    it('sends the parts of a long message so that the phone joins them', async () => {
      const texts = ['a'.repeat(152), `€${'b'.repeat(151)}`, 'the end'];
      const parts = (await send(submission(subject.numbers.delivered, ...texts)))[0]!;
      expect(parts.map((part) => [part.partNo, part.kind])).toEqual([
        [1, 'submitted'],
        [2, 'submitted'],
        [3, 'submitted'],
      ]);
      const [message] = await peer.inbox(subject.numbers.delivered);
      expect(message).toMatchObject({ text: texts.join('') });
    });

    if (capabilities.requestUnit === 'part')
      it('sends only the parts it is given, as parts of the same message', async () => {
        const whole = submission(subject.numbers.delivered, 'first ', 'second ', 'third');
        await peer.throttleNext();
        const first = (await send({ ...whole, parts: [whole.parts[0]!] }))[0]!;
        expect(first).toMatchObject([{ partNo: 1, kind: 'not_sent' }]);
        await until('it goes on', () => provider.freeSlots() > 0);
        await send({ ...whole, parts: whole.parts.slice(1) });
        expect(await peer.inbox(subject.numbers.delivered)).toEqual([]);
        await send({ ...whole, parts: [whole.parts[0]!] });
        expect(await peer.inbox(subject.numbers.delivered)).toMatchObject([{ text: 'first second third' }]);
      });

    if (capabilities.maxBatch > 1)
      describe('with several messages in one request', () => {
        const to = (suffix: number) => `4851${String(1_000_000 + suffix).slice(1)}00`;
        const many = (count: number, text = 'the same') =>
          Array.from({ length: count }, (_, n) => submission(to(n), text));
        const kinds = (outcomes: PartOutcome[][]) => outcomes.map(([part]) => part!.kind);

        it('tells what became of each: one that is refused costs the others nothing', async () => {
          const batch = [...many(3), submission(subject.numbers.refused, 'the same'), submission(to(3), 'the same')];
          const outcomes = await send(...batch);
          expect(kinds(outcomes)).toEqual(['submitted', 'submitted', 'submitted', 'rejected', 'submitted']);
          expect(await peer.requests()).toBe(1);
          const ids = outcomes.flatMap(([part]) => (part!.kind === 'submitted' ? [part!.providerMessageId] : []));
          expect(new Set(ids).size).toBe(4);
          for (const { to: phone } of many(4)) expect(await peer.inbox(phone)).toMatchObject([{ text: 'the same' }]);
        });

        it('calls unknown what the answer says nothing of, and believes the rest', async () => {
          await peer.leaveOutNext!(to(1));
          expect(kinds(await send(...many(3)))).toEqual(['submitted', 'unknown', 'submitted']);
          expect(await sendOne(submission(to(9), 'next'))).toMatchObject({ kind: 'submitted' });
          expect(await peer.requests()).toBe(2);
          expect(await peer.inbox(to(1))).toHaveLength(1);
        });

        it('has a number in a request once', async () => {
          const batch = [submission(to(1), 'the same'), submission(to(2), 'the same'), submission(to(1), 'the same')];
          const outcomes = await send(...batch);
          expect(kinds(outcomes)).toEqual(['submitted', 'submitted', 'submitted']);
          expect(await peer.requests()).toBe(2);
          expect(await peer.inbox(to(1))).toHaveLength(2);
          const ids = outcomes.map(([part]) => part!.kind === 'submitted' && part!.providerMessageId);
          expect(new Set(ids).size).toBe(3);
        });

        it('calls exactly those unknown that were in a request without an answer, and sends none of them again', async () => {
          await peer.neverAnswerNext();
          expect(kinds(await send(...many(4)))).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
          await peer.cutNext();
          expect(kinds(await send(...many(2, 'cut')))).toEqual(['unknown', 'unknown']);
          expect(kinds(await send(...many(3, 'well')))).toEqual(['submitted', 'submitted', 'submitted']);
          expect(await peer.requests()).toBe(3);
          expect(await peer.inbox(to(3))).toHaveLength(1);
        });

        it('calls all of a request not sent that was too fast', async () => {
          await peer.throttleNext();
          for (const [part] of await send(...many(3)))
            expect(part).toMatchObject({ kind: 'not_sent', reason: 'throttled', retryAfterMs: expect.any(Number) });
        });

        it('does not call refused what was refused together: each is heard alone the next time', async () => {
          await peer.refuseNext();
          const batch = many(3);
          expect(kinds(await send(...batch))).toEqual(['not_sent', 'not_sent', 'not_sent']);
          await peer.refuseNext();
          expect(kinds(await send(...batch)).sort()).toEqual(['rejected', 'submitted', 'submitted']);
          expect(await peer.requests()).toBe(4);
        });

        it('puts no more into one than the provider takes', async () => {
          const outcomes = await send(...many(capabilities.maxBatch + 1));
          expect(new Set(kinds(outcomes))).toEqual(new Set(['submitted']));
          expect(await peer.requests()).toBe(2);
        });

        it('lets those share the next request that come while one is on its way, and the first wait for nobody', async () => {
          await peer.answerLateNext(250);
          const [first, ...others] = many(5);
          const outcomes = [provider.submit([first!])];
          await until('it is on its way', async () => (await peer.requests()) === 1);
          expect(provider.freeSlots()).toBeGreaterThan(0);
          for (const one of others) outcomes.push(provider.submit([one]));
          for (const [outcome] of await Promise.all(outcomes)) expect(outcome!.parts[0]!.kind).toBe('submitted');
          expect(await peer.requests()).toBe(2);
        });

        it('leaves out what went stale while it waited for the others', async () => {
          await peer.answerLateNext(250);
          const first = provider.submit([submission(to(0), 'the same')]);
          const stale = { ...submission(to(1), 'the same'), validUntil: new Date(Date.now() + 20) };
          const [outcome] = await provider.submit([stale]);
          expect(outcome!.parts).toMatchObject([{ kind: 'not_sent', reason: 'expired' }]);
          await first;
          expect(await peer.requests()).toBe(1);
        });
      });

    it.each([
      ['gsm7', 'The whole table: @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&\'()*+,-./09:;<=>?¡AZÄÖÑÜ§¿azäöñüà'],
      ['gsm7', 'and its extension ^{}\\[~]|€ with\nlines'],
      ['ucs2', 'Уважаемый клиент, Вам пришло письмо'],
      ['ucs2', 'Zażółć gęślą jaźń'],
      ['ucs2', 'Η κάρτα σας 😜 λήγει'],
      ['ucs2', 'كل عام · 中文 · e\u0301'],
    ] as const)('delivers %s text exactly: %s', async (encoding, text) => {
      await sendOne({ ...submission(subject.numbers.delivered, text), encoding });
      expect(await peer.inbox(subject.numbers.delivered)).toMatchObject([{ text }]);
    });

    it('sends nothing whose validity is over', async () => {
      const stale = { ...submission(subject.numbers.delivered, 'stale'), validUntil: new Date(Date.now() - 1) };
      expect(await sendOne(stale)).toMatchObject({ kind: 'not_sent', reason: 'expired' });
      expect(await peer.requests()).toBe(0);
    });

    it('stops: open answers are waited for, and afterwards nothing is taken', async () => {
      await peer.answerLateNext(100);
      const open = sendOne(submission(subject.numbers.delivered, 'last'));
      await until('it is on its way', async () => (await peer.requests()) > 0);
      const stopped = provider.stop(2000);
      expect(await sendOne(submission(subject.numbers.delivered, 'too late'))).toMatchObject({ kind: 'not_sent' });
      expect(await open).toMatchObject({ kind: 'submitted' });
      await stopped;
      expect(provider.state().status).toBe('stopped');
      expect(await sendOne(submission(subject.numbers.delivered, 'too late'))).toMatchObject({ kind: 'not_sent' });
    });

    it('settles what is open when the time for stopping is over', async () => {
      await peer.neverAnswerNext();
      const open = sendOne(submission(subject.numbers.delivered, 'open'));
      await until('it is on its way', async () => (await peer.requests()) > 0);
      await provider.stop(20);
      expect(await open).toMatchObject({ kind: 'unknown' });
    });

    it('can be started again after a stop', async () => {
      await provider.stop(100);
      provider.start(heard);
      await until('the link is ready', () => provider.state().status === 'ready');
      expect(await sendOne(submission(subject.numbers.delivered, 'again'))).toMatchObject({ kind: 'submitted' });
    });
  });
}
