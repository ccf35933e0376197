import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, firstOperator, makeApiKey, recordPayment, register, setUp, signIn } from './cabinet.js';
import type { PortalClient } from './portal-client.js';
import type { DemoProcesses } from './processes.js';
import type { Progress } from './progress.js';

const SAMPLE = new URL('../../../../docs/samples/recipients.csv', import.meta.url);
const PROVIDER_RATE = 150;
const SETTLE_TIMEOUT_MS = 90_000;
const VIRTUAL_NUMBER = '+74951234567';
const CALLER = '+79161112233';
const OPEN_STATES = ['scheduled', 'queued', 'waiting_funds', 'submitting', 'submitted', 'unknown'];

export const STEPS = 15;

interface Money {
  amount: string;
  currency: string;
}
interface Message {
  id: string;
  to: string;
  state: string;
  parts: number;
  price: Money | null;
  code?: string | null;
}
interface Page<T> {
  data: T[];
  nextCursor: string | null;
}

/** What the story leaves behind, for the table, the figures and `--keep`. */
export interface StoryResult {
  credentials: {
    operator: Credentials;
    owner: Credentials;
    apiKey: string;
  };
  invoice: { number: string; total: Money; pageBytes: number; pdfBytes: number };
  quote: { messages: number; parts: number; skipped: Record<string, number>; total: Money };
  campaignMessages: Record<string, number>;
  phone: { to: string; messages: Message[] };
  sendingSeconds: number;
  totals: MessageTotals;
  /** Statistics of the account: messages by country. */
  countries: Record<string, number>;
  wallet: { available: Money; held: Money };
  moved: { held: string; captured: string; released: string; refunded: string };
  statement: { kind: string; amount: Money; balance: Money }[];
  violations: number;
  smscSubmits: number;
}

/** Sums over all messages of all accounts, the platform's own included. */
interface MessageTotals {
  accepted: number;
  blocked: number;
  submitted: number;
  states: Record<string, number>;
  parts: number;
}

/** Plays the story of one clinic, as its portal and as the operator's staff would: over the REST API only. */
export class Story {
  constructor(
    private readonly processes: DemoProcesses,
    private readonly anonymous: PortalClient,
    private readonly progress: Progress,
  ) {}

  async play(): Promise<StoryResult> {
    const step = this.progress.step.bind(this.progress);
    const { anonymous, processes } = this;
    const operator = await firstOperator(processes.dataDir);
    const staff = await step('the operator signs in', () => signIn(anonymous, '/admin/v1/sessions', operator));
    await step('staff sets up the seller, the provider and its route', () => setUp(staff, processes, PROVIDER_RATE));
    const owner = { login: 'clinic@example.org', password: `demo ${randomBytes(9).toString('base64url')}` };
    const accountId = await step('a clinic registers; the code comes by SMS', () =>
      register(anonymous, processes, owner),
    );
    const user = await step('the clinic signs in', () => signIn(anonymous, '/v1/sessions', owner));
    const apiKey = await step('and makes an API key for its portal', () => makeApiKey(user));
    const portal = anonymous.as(apiKey);
    const invoice = await step('saves a payer, forms an invoice for 5,000 RUB, opens page and PDF', () =>
      this.formInvoice(portal),
    );
    await step('staff records the payment; the wallet is credited', () =>
      recordPayment(staff, accountId, invoice.total.amount, invoice.purpose),
    );
    const list = await step('uploads the sample CSV of 1,000 recipients', async () =>
      portal.upload<{ id: string }>('/v1/recipient-lists?name=January', await readFile(SAMPLE)),
    );
    const campaignId = await step('writes a template and prepares a campaign', () => this.prepare(portal, list.id));
    const { quote } = await step('asks what it costs', () =>
      portal.post<{ quote: StoryResult['quote'] }>(`/v1/campaigns/${campaignId}/quote`),
    );
    const startedAt = performance.now();
    await step('starts it', () => portal.post(`/v1/campaigns/${campaignId}/start`));
    const campaignMessages = await step('messages leave over SMPP, delivery reports come in', () =>
      this.waitForCampaign(portal, campaignId),
    );
    const sendingSeconds = (performance.now() - startedAt) / 1000;
    const phone = await step('a call is missed; its apology goes out', () => this.missCall(portal));
    const money = await step('looks at the wallet statement', () => this.readMoney(portal));
    const rest = await step('statistics, and the ledger is audited', () => this.readBooks(staff, portal));
    const { number, total, pageBytes, pdfBytes } = invoice;
    return {
      credentials: { operator, owner, apiKey },
      invoice: { number, total, pageBytes, pdfBytes },
      quote,
      campaignMessages,
      phone,
      sendingSeconds,
      ...money,
      ...rest,
    };
  }

  private async formInvoice(
    portal: PortalClient,
  ): Promise<{ id: string; number: string; purpose: string; total: Money; pageBytes: number; pdfBytes: number }> {
    const payer = await portal.post<{ id: string }>('/v1/payers', {
      country: 'RU',
      name: 'ООО «Здоровье»',
      taxNumber: '7707083893',
      taxReasonCode: '773601001',
      address: '117312, Москва, ул. Вавилова, 19',
    });
    const invoice = await portal.post<{ id: string; number: string; purpose: string; total: Money }>('/v1/invoices', {
      payerId: payer.id,
      amount: { amount: '5000.00', currency: 'RUB' },
    });
    const page = await portal.download(`/v1/invoices/${invoice.id}/page`);
    const pdf = await portal.download(`/v1/invoices/${invoice.id}/pdf`);
    if (!page.type.startsWith('text/html') || pdf.content.subarray(0, 5).toString() !== '%PDF-')
      throw new Error('the invoice could not be opened');
    return { ...invoice, pageBytes: page.content.length, pdfBytes: pdf.content.length };
  }

  private async prepare(portal: PortalClient, listId: string): Promise<string> {
    const template = await portal.post<{ id: string }>('/v1/templates', {
      name: 'Корреспонденция',
      body: '[klient], для Вас есть письмо. Отправитель: [nadawca].',
    });
    await portal.post('/v1/templates/estimate', {
      body: '[klient], для Вас есть письмо. Отправитель: [nadawca].',
      variables: { klient: 'Анна', nadawca: 'Почта' },
    });
    const window = {
      timeZone: 'Europe/Moscow',
      days: Object.fromEntries(
        ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [{ from: '09:00', to: '20:00' }]]),
      ),
    };
    return (
      await portal.post<{ id: string }>('/v1/campaigns', { name: 'January', listId, templateId: template.id, window })
    ).id;
  }

  private async waitForCampaign(portal: PortalClient, campaignId: string): Promise<Record<string, number>> {
    const deadline = Date.now() + SETTLE_TIMEOUT_MS;
    for (;;) {
      const { state, messages, quote } = await portal.get<{
        state: string;
        messages: Record<string, number>;
        quote: { messages: number };
      }>(`/v1/campaigns/${campaignId}`);
      const open = sum(messages, OPEN_STATES);
      this.progress.note(`messages leave over SMPP: ${sum(messages) - open} of ${quote.messages} final`);
      if ((state === 'sent' && open === 0) || Date.now() > deadline) return messages;
      await sleep(250);
    }
  }

  private async missCall(portal: PortalClient): Promise<StoryResult['phone']> {
    await portal.post('/v1/missed-call-rules', {
      name: 'Регистратура',
      numbers: [VIRTUAL_NUMBER],
      text: 'Извините, что не ответили. Перезвоним!',
    });
    const { url } = await portal.put<{ url: string }>('/v1/telephony-callback', {});
    const event = {
      eventId: 'call-1',
      direction: 'inbound',
      outcome: 'lost',
      caller: CALLER,
      virtualNumber: VIRTUAL_NUMBER,
    };
    const receipt = await this.anonymous.post<{ result: string; reason: string | null }>(url, event);
    if (receipt.result !== 'apology')
      throw new Error(`the missed call was answered with ${receipt.result} (${receipt.reason})`);
    for (let tries = 0; tries < 150; tries++) {
      const { data } = await portal.get<Page<Message>>(`/v1/messages?to=${encodeURIComponent(CALLER)}`);
      if (data.length > 0 && data.every(({ state }) => !OPEN_STATES.includes(state)))
        return { to: CALLER, messages: data };
      await sleep(200);
    }
    throw new Error('the apology did not become final within 30 s');
  }

  private async readMoney(portal: PortalClient): Promise<Pick<StoryResult, 'wallet' | 'moved' | 'statement'>> {
    const wallets = await portal.get<Page<{ id: string; balance: Money; held: Money }>>('/v1/wallets');
    const wallet = wallets.data[0]!;
    const entries: { kind: string; amount: Money; heldAmount: Money; balance: Money }[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<(typeof entries)[number]> = await portal.get(
        `/v1/wallets/${wallet.id}/transactions?limit=100${cursor && `&cursor=${cursor}`}`,
      );
      entries.push(...page.data);
      cursor = page.nextCursor;
    }
    const total = (kinds: string[], of: 'amount' | 'heldAmount') =>
      addAmounts(entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => entry[of].amount));
    return {
      wallet: { available: wallet.balance, held: wallet.held },
      moved: {
        held: total(['hold', 'reserve'], 'heldAmount'),
        captured: negate(total(['capture'], 'heldAmount')),
        released: total(['release', 'unreserve'], 'amount'),
        refunded: total(['refund'], 'amount'),
      },
      statement: entries.slice(0, 6).map(({ kind, amount, balance }) => ({ kind, amount, balance })),
    };
  }

  private async readBooks(
    staff: PortalClient,
    portal: PortalClient,
  ): Promise<Pick<StoryResult, 'totals' | 'countries' | 'violations' | 'smscSubmits'>> {
    const totals = await staff.get<MessageTotals>('/admin/v1/messages/totals');
    const statistics = await portal.get<{ data: { key: string; messages: number }[] }>(
      '/v1/statistics?groupBy=country',
    );
    const countries = Object.fromEntries(statistics.data.map(({ key, messages }) => [key, messages]));
    const audit = await staff.get<{ violations: unknown[] }>('/admin/v1/audit');
    const stats = (await (await fetch(`${this.processes.operatorControlUrl}/stats`)).json()) as { answeredOk: number };
    return { totals, countries, violations: audit.violations.length, smscSubmits: stats.answeredOk };
  }
}

function sum(counts: Record<string, number>, keys: string[] = Object.keys(counts)): number {
  return keys.reduce((total, key) => total + (counts[key] ?? 0), 0);
}

/** Decimal strings with six decimals, added as integers. */
function addAmounts(amounts: string[]): string {
  const micros = amounts.reduce((total, amount) => total + BigInt(amount.replace('.', '')), 0n);
  const absolute = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${absolute.slice(0, -6)}.${absolute.slice(-6)}`;
}

const negate = (amount: string): string =>
  amount.startsWith('-') ? amount.slice(1) : /^0+\.0+$/.test(amount) ? amount : `-${amount}`;
