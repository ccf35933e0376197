import type { Database } from '../../src/database/database.js';
import { Clock, SystemClock } from '../../src/kernel/clock.js';
import { IdSequence, newId, NIL_ID } from '../../src/kernel/ids.js';
import type { Micros } from '../../src/kernel/money.js';
import { measure } from '../../src/kernel/sms-parts.js';
import type { WeeklyHours, WeeklyWindow } from '../../src/kernel/time-window.js';
import { AccountAudit, AccountsService } from '../../src/modules/accounts/index.js';
import { AccountOpenings } from '../../src/modules/accounts/account-openings.js';
import { ContactsService } from '../../src/modules/contacts/index.js';
import { ClaimBatch } from '../../src/modules/messages/dispatch/claim-batch.js';
import { Dispatcher } from '../../src/modules/messages/dispatch/dispatcher.js';
import { DispatchSettings } from '../../src/modules/messages/dispatch/dispatch-settings.js';
import { FlightDesk } from '../../src/modules/messages/dispatch/flight-desk.js';
import { PutAside } from '../../src/modules/messages/dispatch/put-aside.js';
import { QueueHints } from '../../src/modules/messages/dispatch/queue-hints.js';
import { QueueKeeper } from '../../src/modules/messages/dispatch/queue-keeper.js';
import { QueueListener } from '../../src/modules/messages/dispatch/queue-listener.js';
import { LANES, type DeliveryPolicy, type Lane } from '../../src/modules/messages/domain/message.js';
import { openStreams } from '../../src/modules/messages/persistence/sql/open-streams.js';
import { ApplyReports } from '../../src/modules/messages/reports/apply-reports.js';
import { GuessUnknown } from '../../src/modules/messages/reports/guess-unknown.js';
import { ReportApplier } from '../../src/modules/messages/reports/report-applier.js';
import { MessageMover } from '../../src/modules/messages/settle/message-mover.js';
import { PassOn } from '../../src/modules/messages/settle/pass-on.js';
import { ResolveUnknown } from '../../src/modules/messages/settle/resolve-unknown.js';
import { SettleOutcomes } from '../../src/modules/messages/settle/settle-outcomes.js';
import {
  type ActiveConnection,
  type LateAnswers,
  ProviderConnections,
  providerGate,
  type ProviderReport,
  ProvidersService,
  RateGates,
  ReportInbox,
  SendingLines,
  type SmsProvider,
} from '../../src/modules/providers/index.js';
import { HttpProvider } from '../../src/modules/providers/http/http-provider.js';
import { readHttpSettings } from '../../src/modules/providers/http/read-http-settings.js';
import { SmppProvider } from '../../src/modules/providers/smpp/smpp-provider.js';
import { readSmppSettings } from '../../src/modules/providers/smpp/smpp-settings.js';
import { SenderRatesRepository } from '../../src/modules/senders/index.js';
import { LedgerService } from '../../src/modules/wallets/index.js';
import { JSON_DIALECT_SECRETS, jsonDialectSettings } from './http-operator.js';
import { numbersOf } from './numbers.js';

/** Links that a test opened by itself; everything else of a worker is the product's. */
export class TestConnections implements Pick<
  ProviderConnections,
  'start' | 'stop' | 'active' | 'askable' | 'lookNow' | 'onFreeSlots' | 'onLateAnswers'
> {
  readonly links: ActiveConnection[] = [];
  private readonly capacity = new Set<() => void>();
  private readonly late = new Set<(late: LateAnswers) => void>();

  constructor(
    private readonly inbox: ReportInbox,
    private readonly clock: Clock,
  ) {}

  /** Starts a link; its reports go into the inbox. */
  open(provider: { id: string; ratePerSecond: number }, link: SmsProvider, bindNo = 1): void {
    const tell = () => this.capacity.forEach((listener) => listener());
    link.start({
      onReports: (reports: ProviderReport[]) =>
        this.inbox.append(
          reports.map((report) => ({ ...report, providerId: provider.id })),
          this.clock.now(),
        ),
      onCapacity: tell,
      onStateChange: tell,
      onLateAnswers: (answers) => this.late.forEach((listener) => listener({ providerId: provider.id, answers })),
    });
    this.links.push({
      providerId: provider.id,
      bindNo,
      fence: 1n,
      provider: link,
      gates: [providerGate(provider)],
      freeSlots: () => link.freeSlots(),
    });
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.links.splice(0).map(({ provider }) => provider.stop(drainMs)));
  }

  lookNow(): void {
    // Nothing to look at: the test opens the links.
  }

  active(): ActiveConnection[] {
    return this.links;
  }

  askable(): ActiveConnection[] {
    return this.links;
  }

  onFreeSlots(listener: () => void): () => void {
    this.capacity.add(listener);
    return () => this.capacity.delete(listener);
  }

  onLateAnswers(listener: (late: LateAnswers) => void): () => void {
    this.late.add(listener);
    return () => this.late.delete(listener);
  }
}

/** The sending half of a worker, put together without Nest. */
export class DispatchRig {
  readonly ledger: LedgerService;
  readonly providers: ProvidersService;
  readonly accounts: AccountsService;
  readonly senderRates: SenderRatesRepository;
  readonly inbox: ReportInbox;
  readonly hints: QueueHints;
  readonly desk: FlightDesk;
  readonly lines: SendingLines;
  readonly rateGates: RateGates;
  readonly mover: MessageMover;
  readonly keeper: QueueKeeper;
  readonly unknown: ResolveUnknown;
  readonly outcomes: SettleOutcomes;
  readonly claimBatch: ClaimBatch;
  readonly connections: TestConnections;
  readonly dispatcher: Dispatcher;
  readonly settings: DispatchSettings;
  readonly reports: ApplyReports;
  readonly applier: ReportApplier;

  constructor(
    readonly database: Database,
    readonly clock: Clock = new SystemClock(),
    settings: Partial<DispatchSettings> = {},
  ) {
    this.settings = new DispatchSettings(settings);
    this.ledger = new LedgerService(database);
    this.providers = new ProvidersService(database, numbersOf(database));
    this.accounts = new AccountsService(database, clock, new AccountOpenings(), new AccountAudit(clock));
    this.senderRates = new SenderRatesRepository(database);
    this.inbox = new ReportInbox(database);
    this.hints = new QueueHints(database);
    this.lines = new SendingLines(database, clock);
    this.rateGates = new RateGates(database);
    this.desk = new FlightDesk(this.lines, this.settings);
    this.mover = new MessageMover(this.ledger);
    const putAside = new PutAside(this.mover, this.settings);
    this.unknown = new ResolveUnknown(database, clock, this.mover, this.settings);
    const contacts = new ContactsService(database, clock);
    const passOn = new PassOn(database, this.providers, this.hints);
    this.outcomes = new SettleOutcomes(
      database,
      clock,
      this.mover,
      this.desk,
      this.unknown,
      contacts,
      passOn,
      this.settings,
    );
    this.claimBatch = new ClaimBatch(database, clock, this.accounts, this.senderRates, putAside);
    this.keeper = new QueueKeeper(database, clock, this.mover, putAside, this.lines, this.settings);
    this.connections = new TestConnections(this.inbox, clock);
    this.reports = new ApplyReports(
      database,
      clock,
      this.accounts,
      this.inbox,
      this.mover,
      new GuessUnknown(this.settings),
      contacts,
      this.settings,
    );
    this.applier = new ReportApplier(this.inbox, this.reports, this.settings);
    this.dispatcher = new Dispatcher(
      database,
      this.connections,
      this.providers,
      this.rateGates,
      this.lines,
      this.accounts,
      this.senderRates,
      this.claimBatch,
      this.desk,
      this.hints,
      new QueueListener(database, this.hints),
      this.keeper,
      this.unknown,
      this.settings,
      this.outcomes,
    );
  }

  start(): void {
    this.dispatcher.start();
    this.applier.start();
  }

  /** As a worker stops: nothing new, answers awaited, links closed, the last of them settled. */
  async stop(drainMs = 5_000): Promise<void> {
    await this.dispatcher.stop(drainMs);
    await this.connections.stop(drainMs);
    await this.dispatcher.finish(1_000);
    await this.applier.stop();
    this.hints.onApplicationShutdown();
  }
}

export interface SeedAccount {
  id: string;
  walletId: string;
}

/** An active account with a EUR wallet. */
export async function seedAccount(
  database: Database,
  {
    micros = 1_000_000_000n,
    window = null as WeeklyWindow | null,
    recipientHours = null as WeeklyHours | null,
    now = new Date(),
  } = {},
): Promise<SeedAccount> {
  const id = newId();
  const ledger = new LedgerService(database);
  await database.query(
    `INSERT INTO accounts (id, kind, name, country, currency, time_zone, default_sender, sending_window, recipient_hours, created_at, updated_at)
     VALUES ($1, 'customer', 'Test', 'GR', 'EUR', 'Europe/Athens', 'Kabinet', $2, $3, $4, $4)`,
    [id, window && JSON.stringify(window), recipientHours && JSON.stringify(recipientHours), now],
  );
  const walletId = await database.transaction(async (tx) => {
    const wallet = await ledger.ensureWallet(tx, id, 'EUR', now);
    if (micros > 0n) {
      const subject = { kind: 'payment', id: newId() };
      const key = `top-up:${newId()}`;
      await ledger.topUp(
        tx,
        { accountId: id, currency: 'EUR', micros, idempotencyKey: key, subject, from: 'bank' },
        now,
      );
    }
    return wallet.id;
  });
  return { id, walletId };
}

/** A provider without settings: its link is opened by the test. */
export async function seedProvider(
  database: Database,
  { ratePerSecond = 10_000, window = null as WeeklyWindow | null, now = new Date() } = {},
): Promise<{ id: string; ratePerSecond: number }> {
  const id = newId();
  await database.query(
    `INSERT INTO providers (id, code, kind, name, settings, credentials, status, rate_per_second, sending_window, sender_policy, created_at, updated_at)
     VALUES ($1, $2, 'smpp', 'Test', '{}', '{}', 'active', $3, $4, '{"kind":"any"}', $5, $5)`,
    [id, `p-${id}`, ratePerSecond, window && JSON.stringify(window), now],
  );
  return { id, ratePerSecond };
}

export interface SeedMessages {
  account: SeedAccount;
  providerId: string;
  recipients: readonly string[];
  text?: string;
  sender?: string;
  lane?: Lane;
  groupId?: string;
  priceMicros?: Micros;
  chargeOn?: 'submit' | 'delivery';
  refundUndelivered?: boolean;
  deliveryPolicy?: DeliveryPolicy;
  window?: WeeklyWindow;
  windowAction?: 'wait' | 'drop';
  dueAt?: Date;
  validUntil?: Date;
  now?: Date;
}

/** Queues messages the way accept does: hold, rows, queue, streams, in one transaction. Returns their ids. */
export async function seedMessages(database: Database, seed: SeedMessages): Promise<string[]> {
  const { account, providerId, recipients, text = 'Hello', lane = 'bulk', priceMicros = 10_000n } = seed;
  const {
    chargeOn = 'submit',
    refundUndelivered = false,
    deliveryPolicy = 'at_most_once',
    windowAction = 'wait',
  } = seed;
  const { now = new Date() } = seed;
  const dueAt = seed.dueAt ?? now;
  const validUntil = seed.validUntil ?? new Date(dueAt.getTime() + 86_400_000);
  const { encoding, parts } = measure(text);
  const price = priceMicros * BigInt(parts);
  const sequence = new IdSequence(now);
  const ids = recipients.map(() => sequence.next());
  const groupId = seed.groupId ?? NIL_ID;
  const ledger = new LedgerService(database);
  await database.transaction(async (tx) => {
    const items = ids.map((itemKey) => ({
      accountId: account.id,
      itemKey,
      priceMicros: price,
      currency: 'EUR' as const,
    }));
    const subject = { kind: 'message', id: ids[0]! };
    const batch = { batchKey: newId(), onInsufficientFunds: 'reject' as const, items, subject };
    const holds = await ledger.placeHolds(tx, [batch], now);
    if ([...holds.values()].some(({ held }) => !held)) throw new Error('no funds for the seed');
    const [decision] = holds.values();
    await tx.query(
      `INSERT INTO messages (account_id, id, group_id, source, lane, recipient, country, sender, body, encoding, parts, price_micros,
                             currency, charge_on, refund_undelivered, wallet_id, charge_state, state, provider_id,
                             delivery_policy, sending_window, window_action, due_at, valid_until, created_at, state_at,
                             hold_entry_id)
       SELECT $1, i.id, $2, 'api', $3, i.recipient, 'GR', $21, $4, $5, $6, $7, 'EUR', $8, $9, $10, 'held',
              CASE WHEN $11::timestamptz > $13 THEN 'scheduled' ELSE 'queued' END, $14, $15, $16, $17, $11, $12, $13, $13,
              $20
         FROM unnest($18::uuid[], $19::text[]) AS i (id, recipient)`,
      [
        account.id,
        groupId === NIL_ID ? null : groupId,
        lane,
        text,
        encoding,
        parts,
        price,
        chargeOn,
        refundUndelivered,
        account.walletId,
        dueAt,
        validUntil,
        now,
        providerId,
        deliveryPolicy,
        seed.window ? JSON.stringify(seed.window) : null,
        windowAction,
        ids,
        recipients,
        decision?.held ? decision.holdEntryId : null,
        seed.sender ?? 'Kabinet',
      ],
    );
    await tx.query(
      `INSERT INTO message_queue (account_id, message_id, provider_id, lane, group_id, due_at, valid_until)
       SELECT $1, id, $2, $3, $4, $5, $6 FROM unnest($7::uuid[]) AS i (id)`,
      [account.id, providerId, LANES.indexOf(lane), groupId, dueAt, validUntil, ids],
    );
    await openStreams(
      tx,
      [{ providerId, lane: LANES.indexOf(lane), accountId: account.id, groupId, pacedBy: 0, readyAt: dueAt }],
      now,
    );
  });
  return ids;
}

/** Numbers that differ in their last digits. */
export function phones(count: number, first = 306_900_000_000): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

/** Opens a real SMPP link to an operator, with short pauses, and hands it to the rig. */
export function openSmppLink(
  rig: DispatchRig,
  port: number,
  provider: { id: string; ratePerSecond: number },
  settings: Record<string, unknown> = {},
  bindNo = 1,
): SmppProvider {
  const link = new SmppProvider({
    settings: readSmppSettings({
      host: '127.0.0.1',
      port,
      reconnectMinMs: 20,
      reconnectMaxMs: 200,
      throttleMinMs: 30,
      throttleMaxMs: 200,
      ...settings,
    }),
    credentials: { systemId: 'kabinet', password: 'sandbox' },
    now: () => rig.clock.now(),
  });
  rig.connections.open(provider, link, bindNo);
  return link;
}

/** Opens a link over HTTP to an operator that speaks JSON, with the default limits unless told. */
export function openHttpLink(
  rig: DispatchRig,
  origin: string,
  provider: { id: string; ratePerSecond: number },
  limits: Record<string, number> = {},
): HttpProvider {
  const link = new HttpProvider({
    settings: readHttpSettings({ ...jsonDialectSettings(origin), limits }, new Set(Object.keys(JSON_DIALECT_SECRETS))),
    secrets: JSON_DIALECT_SECRETS,
    callbackUrl: null,
    policy: { allowPrivateAddresses: true },
    now: () => rig.clock.now(),
  });
  rig.connections.open(provider, link);
  return link;
}
