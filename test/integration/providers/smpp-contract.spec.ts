import { readSmppSettings, type SmppSettings } from '../../../src/modules/providers/smpp/smpp-settings.js';
import { SmppProvider } from '../../../src/modules/providers/smpp/smpp-provider.js';
import type { OperatorConfig } from '../../../src/sandbox/operator-config.js';
import { describeSmsProvider, RESPONSE_TIMEOUT_MS, type ContractSubject } from '../../contract/sms-provider.js';
import { SandboxOperator } from '../../support/sandbox-operator.js';

const NUMBERS = {
  delivered: '48500000001',
  undelivered: '48500000002',
  expired: '48500000003',
  refused: '48500000004',
};

async function open(
  settings: Partial<SmppSettings> = {},
  config: Partial<OperatorConfig> = {},
): Promise<ContractSubject> {
  const operator = await SandboxOperator.start({
    reportDelay: { minMs: 5, maxMs: 10 },
    suffixes: { '02': 'undelivered', '03': 'expired', '04': 'refused' },
    ...config,
  });
  const provider = new SmppProvider({
    settings: readSmppSettings({
      host: '127.0.0.1',
      port: operator.ports.smpp,
      responseTimeoutMs: RESPONSE_TIMEOUT_MS,
      reconnectMinMs: 20,
      reconnectMaxMs: 100,
      throttleMinMs: 50,
      ...settings,
    }),
    credentials: { systemId: 'kabinet', password: 'sandbox' },
    now: () => new Date(),
  });
  return {
    provider,
    numbers: NUMBERS,
    peer: {
      inbox: (to) => Promise.resolve(operator.inbox(to)),
      requests: () => Promise.resolve(operator.stats().received),
      refuseNext: () => operator.order({ next: [{ action: 'refuse' }] }),
      throttleNext: () => operator.order({ next: [{ action: 'throttle' }] }),
      neverAnswerNext: () => operator.order({ next: [{ action: 'never_answer' }] }),
      answerLateNext: (delayMs) => operator.order({ next: [{ action: 'answer_late', delayMs }] }),
      cutNext: () => operator.order({ next: [{ action: 'drop' }] }),
      goAway: () => operator.order({ listening: false }),
      comeBack: () => operator.order({ listening: true }),
      reports: (reports) => operator.order({ reports }),
    },
    close: () => operator.stop(),
  };
}

const capabilities = {
  requestUnit: 'part',
  maxBatch: 1,
  maxPartUnits: { gsm7: 153, ucs2: 67 },
  statusQuery: false,
  askedByReference: false,
  balance: false,
  reports: 'link',
  lateAnswers: true,
  inbound: true,
} as const;

const asked = { ...capabilities, statusQuery: true };

describeSmsProvider('SMPP with a transceiver and query_sm', asked, () => open({ statusQuery: true }));

describeSmsProvider('SMPP with a pair, query_sm, hexadecimal answers and reports by text', asked, () =>
  open(
    { bindMode: 'pair', messageId: 'hex_to_dec', statusQuery: true },
    { answerIds: 'hex', reportIds: 'decimal', reportBy: 'text', firstMessageId: '9223372036854775808' },
  ),
);

describeSmsProvider('SMPP with sar TLVs and reports by TLV', capabilities, () =>
  open({ concatenation: 'sar' }, { reportBy: 'tlv' }),
);
describeSmsProvider('SMPP with message_payload', { ...capabilities, requestUnit: 'message' }, () =>
  open({ concatenation: 'payload' }),
);
