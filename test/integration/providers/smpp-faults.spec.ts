import type { PartOutcome, Submission } from '../../../src/modules/providers/sms-provider.js';
import { SmppProvider } from '../../../src/modules/providers/smpp/smpp-provider.js';
import { readSmppSettings } from '../../../src/modules/providers/smpp/smpp-settings.js';
import type { SubmitFault } from '../../../src/sandbox/faults.js';
import { submission } from '../../contract/sms-provider.js';
import { ProviderRecorder } from '../../support/provider-recorder.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';
import { until } from '../../support/until.js';

const MESSAGES = 3000;

/** The one thing that money hangs on: what we say happened is what the operator saw. */
describe('SMPP in a storm', () => {
  it('never calls something not sent that the operator has, nor submitted that it has not', async () => {
    const operator = await SandboxOperator.start({
      answerDelay: { minMs: 0, maxMs: 20 },
      reportDelay: { minMs: 0, maxMs: 50 },
      suffixes: { '7': 'refused' },
    });
    const provider = new SmppProvider({
      settings: readSmppSettings({
        host: '127.0.0.1',
        port: operator.ports.smpp,
        windowSize: 20,
        responseTimeoutMs: 80,
        reconnectMinMs: 2,
        reconnectMaxMs: 20,
        throttleMinMs: 2,
        throttleMaxMs: 10,
      }),
      credentials: { systemId: 'kabinet', password: 'sandbox' },
      now: () => new Date(),
    });
    const heard = new ProviderRecorder();
    provider.start(heard);

    const outcomes = new Map<string, PartOutcome>();
    const sent: Promise<unknown>[] = [];
    const told = (batch: Submission[]) =>
      provider.submit(batch, ({ clientReference, parts }) => {
        expect(outcomes.has(clientReference)).toBe(false);
        outcomes.set(clientReference, parts[0]!);
      });
    const references = new Map<string, string>();
    let faults = 0;
    while (references.size < MESSAGES) {
      await until('there is room', () => provider.freeSlots() > 0);
      // Now and then more than there is room for.
      const batch = Array.from({ length: provider.freeSlots() + (faults % 3) }, () => {
        const message = submission(String(48_500_000_000 + references.size), 'storm');
        references.set(message.to, message.clientReference);
        return message;
      });
      sent.push(told(batch));
      if (++faults % 5 === 0) await operator.order({ next: [faultNo(faults / 5)] });
      if (faults % 40 === 0) await operator.order({ dropConnections: true });
      if (faults % 90 === 0) await operator.order({ unbind: true });
    }
    await Promise.all(sent);
    await provider.stop(500);

    const received = new Map<string, number>();
    for (const { to } of operator.inbox(null)) received.set(to, (received.get(to) ?? 0) + 1);
    const kinds: Record<string, number> = {};
    const wrong: string[] = [];
    for (const [to, reference] of references) {
      const { kind } = outcomes.get(reference)!;
      const times = received.get(to) ?? 0;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
      if (times > 1) wrong.push(`${to} came ${times} times`);
      if (kind === 'submitted' && times !== 1) wrong.push(`${to} is called submitted and never came`);
      if ((kind === 'not_sent' || kind === 'rejected') && times !== 0) wrong.push(`${to} is called ${kind} and came`);
    }
    await operator.stop();
    expect(wrong).toEqual([]);
    expect(outcomes.size).toBe(references.size);
    // Every kind of outcome has been there, or the storm proves nothing.
    for (const kind of ['submitted', 'rejected', 'not_sent', 'unknown']) expect(kinds[kind]).toBeGreaterThan(0);
    expect(kinds['submitted']).toBeGreaterThan(MESSAGES / 3);
  });
});

function faultNo(number: number): SubmitFault {
  const faults: SubmitFault[] = [
    { action: 'never_answer' },
    { action: 'drop' },
    { action: 'throttle', count: 3 },
    { action: 'garbage' },
    { action: 'drop', accepted: false },
    { action: 'answer_late', delayMs: 120 },
    { action: 'refuse' },
    { action: 'never_answer', accepted: false },
  ];
  return faults[number % faults.length]!;
}
