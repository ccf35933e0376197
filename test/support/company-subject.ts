import { KINDS } from '../../src/modules/providers/kinds/kinds.js';
import type { ProviderKind } from '../../src/modules/providers/domain/provider.js';
import type { ProviderListener } from '../../src/modules/providers/sms-provider.js';
import { type ContractSubject, RESPONSE_TIMEOUT_MS } from '../contract/sms-provider.js';
import { startCallbackReceiver } from './callback-receiver.js';
import { type Dialect, HttpOperator } from './http-operator.js';

/** A known company: how it speaks, and what ops would fill in. */
export interface Company {
  kind: ProviderKind;
  dialect: Dialect;
  secrets: Record<string, string>;
  settings?: object;
}

const NUMBERS = {
  delivered: '48500000001',
  undelivered: '48500000002',
  expired: '48500000003',
  refused: '48500000004',
};

const LIMITS = {
  timeoutMs: RESPONSE_TIMEOUT_MS,
  maxConcurrent: 8,
  retryMinMs: 20,
  retryMaxMs: 100,
  throttleMinMs: 50,
};

export interface CompanySubject extends ContractSubject {
  operator: HttpOperator;
}

/** The adapter of a company in front of its stand-in, with our callback address beside it. */
export async function openCompany({ kind, dialect, secrets, settings = {} }: Company): Promise<CompanySubject> {
  const operator = await HttpOperator.start(dialect);
  const spec = KINDS[kind];
  const credentials = spec.readCredentials(secrets);
  const own = spec.readSettings({ ...settings, baseUrl: operator.origin, limits: LIMITS }, credentials);
  let listener: ProviderListener | undefined;
  const receiver = await startCallbackReceiver(
    () => spec.describe!(own, Object.keys(credentials)).reports!,
    (reports) => listener!.onReports(reports),
    {
      secrets: Object.fromEntries(Object.entries(credentials).map(([name, value]) => [`secret.${name}`, value])),
      check: spec.checkReports?.(own),
    },
  );
  const provider = spec.open({
    settings: own,
    credentials,
    callbackUrl: spec.takesCallbacks(own) ? receiver.url : null,
    policy: { allowPrivateAddresses: true },
    now: () => new Date(),
  });
  const start = provider.start.bind(provider);
  provider.start = (given) => {
    listener = given;
    start(given);
  };
  return {
    operator,
    provider,
    numbers: NUMBERS,
    peer: peerOf(operator),
    close: async () => {
      await operator.stop();
      receiver.close();
    },
  };
}

/** The stand-in, as the contract suite commands it. */
export function peerOf(operator: HttpOperator): ContractSubject['peer'] {
  return {
    inbox: (to) => Promise.resolve(operator.inbox(to)),
    requests: () => Promise.resolve(operator.seen.length),
    refuseNext: async () => void operator.faults.push({ action: 'refuse' }),
    throttleNext: async () => void operator.faults.push({ action: 'throttle' }),
    neverAnswerNext: async () => void operator.faults.push({ action: 'never_answer' }),
    answerLateNext: async (delayMs) => void operator.faults.push({ action: 'answer_late', delayMs }),
    cutNext: async () => void operator.faults.push({ action: 'cut' }),
    leaveOutNext: async (to) => void operator.faults.push({ action: 'leave_out', to }),
    goAway: () => operator.goAway(),
    comeBack: () => operator.comeBack(),
    reports: async (faults) => void (operator.reports = faults),
  };
}
