import { expectFew } from '../../../database/expect-few.js';
import { Injectable } from '@nestjs/common';
import type { Database, Tx } from '../../../database/database.js';
import { DomainError } from '../../../kernel/domain-error.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import { type AccountSnapshot, AccountsService, type FundsChoice } from '../../accounts/index.js';
import { ContactsService } from '../../contacts/index.js';
import { ProvidersService, type RouteBook } from '../../providers/index.js';
import { type AskedSender, type SenderBook, SendersService } from '../../senders/index.js';
import { TariffsService } from '../../tariffs/index.js';
import { type CompiledTemplate, TemplatesService } from '../../templates/index.js';
import type { AcceptRequest, OnInsufficientFunds } from '../domain/accept-request.js';
import { draftMessages, findWay, type PlanContext, planMessages, type Way } from '../domain/plan-messages.js';
import type { MessageDraft } from '../domain/message-draft.js';
import { checkRequest } from '../domain/request-rules.js';
import type { DraftBatch } from '../persistence/message-writer.js';
import type { Outcome } from './coalescer.js';

/** Who carries messages, and what they cost. */
interface WayRules {
  routes: RouteBook;
  providers: PlanContext['providers'];
  prices: PlanContext['prices'];
}

/** What all calls of a run share. */
interface SharedSnapshot extends WayRules {
  accounts: Map<string, AccountSnapshot>;
  senders: SenderBook;
  groupWindows: Map<string, WeeklyWindow | null>;
  /** By account, then by id. */
  templates: Map<string, Map<string, CompiledTemplate>>;
}

/**
 * The steps before anything is written: reads snapshots (cached; at most one read for groups), then runs the pure steps over every
 * call, with one read in their middle for numbers that opted out.
 */
@Injectable()
export class CallPlanner {
  constructor(
    private readonly accounts: AccountsService,
    private readonly contacts: ContactsService,
    private readonly providers: ProvidersService,
    private readonly senders: SendersService,
    private readonly tariffs: TariffsService,
    private readonly templates: TemplatesService,
  ) {}

  /** Everything but who opted out: {@link DraftedCalls.plan} goes on when that is known. */
  async draft(on: Database | Tx, requests: readonly AcceptRequest[], now: Date): Promise<DraftedCalls> {
    const shared = await this.load(on, requests, now);
    const drafted = new DraftedCalls(requests.map((request) => attempt(() => draftCall(request, shared, now))));
    if (drafted.isAnyWithoutWay() && this.lookAgain())
      drafted.findMissingWays(await this.loadWayRules([...shared.accounts.keys()], now));
    return drafted;
  }

  /** Numbers that opted out, by account. One statement. */
  optedOut(on: Database | Tx, drafted: DraftedCalls): Promise<OptedOut> {
    return this.contacts.optedOutOf(on, drafted.numbers({ codes: false }));
  }

  private async load(on: Database | Tx, requests: readonly AcceptRequest[], now: Date): Promise<SharedSnapshot> {
    const accountIds = [...new Set(requests.map(({ accountId }) => accountId))];
    const [accounts, wayRules, groupWindows, templates] = await Promise.all([
      this.accounts.getMany(accountIds),
      this.loadWayRules(accountIds, now),
      readGroupWindows(on, requests),
      this.loadTemplates(on, requests),
    ]);
    const senders = await this.senders.book(sendersOf(requests, accounts));
    return { ...wayRules, accounts, senders, groupWindows, templates };
  }

  private async loadWayRules(accountIds: readonly string[], now: Date): Promise<WayRules> {
    const [routes, providers, prices] = await Promise.all([
      this.providers.routes(now),
      this.providers.list(),
      this.tariffs.priceBook(accountIds, now),
    ]);
    return { routes, providers: new Map(providers.map((provider) => [provider.id, provider])), prices };
  }

  /** Whether what is read next may know more: what another process has just set up, nobody's message is blocked for. */
  private lookAgain(): boolean {
    return [this.providers.lookAgain(), this.tariffs.lookAgain()].includes(true);
  }

  /** Cached; one read per account for what is not. */
  private async loadTemplates(
    on: Database | Tx,
    requests: readonly AcceptRequest[],
  ): Promise<SharedSnapshot['templates']> {
    const wanted = new Map<string, Set<string>>();
    for (const { accountId, items } of requests) {
      for (const { templateId } of items) {
        if (templateId === undefined) continue;
        const ids = wanted.get(accountId);
        if (ids) ids.add(templateId);
        else wanted.set(accountId, new Set([templateId]));
      }
    }
    const loaded = [...wanted].map(
      async ([accountId, ids]) => [accountId, await this.templates.load(accountId, [...ids], on)] as const,
    );
    return new Map(await Promise.all(loaded));
  }
}

/** By account; accounts without any are absent. */
export type OptedOut = ReadonlyMap<string, ReadonlySet<string>>;

/** Calls whose numbers are read, between the two halves of the pure steps. */
export class DraftedCalls {
  constructor(private readonly outcomes: readonly Outcome<Drafted>[]) {}

  /** Readable numbers, of one-time codes too if asked for. */
  numbers({ codes }: { codes: boolean }): { accountId: string; digits: string }[] {
    return this.outcomes.flatMap((outcome) => {
      if (!outcome.ok || (!codes && outcome.value.request.lane === 'otp')) return [];
      const { accountId, drafts } = outcome.value.batch;
      const open = drafts.filter(({ state }) => state !== 'blocked');
      return open.map(({ recipient }) => ({ accountId, digits: recipient }));
    });
  }

  /** Whether there is somebody to whom no route leads, or no price. */
  isAnyWithoutWay(): boolean {
    return this.outcomes.some((outcome) => outcome.ok && outcome.value.batch.drafts.some(lacksWay(outcome.value)));
  }

  /** Looks for those that are missing once more. */
  findMissingWays({ routes, providers, prices }: WayRules): void {
    for (const outcome of this.outcomes) {
      if (!outcome.ok) continue;
      const { request, context, batch, ways } = outcome.value;
      Object.assign(context, { routes: routes.forAccount(context.account.id), providers, prices });
      const lacks = lacksWay(outcome.value);
      batch.drafts.forEach((draft, at) => {
        if (lacks(draft, at)) ways[at] = findWay(draft, request, context);
      });
    }
  }

  /** The second half. What is refused as a whole is that call's outcome. Once. */
  plan(optedOut: OptedOut): Outcome<DraftBatch>[] {
    return this.outcomes.map((outcome) => {
      if (!outcome.ok) return outcome;
      const { request, context, batch, ways } = outcome.value;
      planMessages(request, batch.drafts, ways, context, optedOut.get(request.accountId) ?? NOBODY);
      return { ok: true, value: batch };
    });
  }
}

interface Drafted {
  request: AcceptRequest;
  context: PlanContext;
  batch: DraftBatch;
  /** One a draft. */
  ways: (Way | null)[];
}

const lacksWay =
  ({ ways }: Drafted) =>
  ({ state }: MessageDraft, at: number): boolean =>
    state !== 'blocked' && !ways[at]?.price;

const NOBODY: ReadonlySet<string> = new Set();
const NO_TEMPLATES: PlanContext['templates'] = new Map();

function draftCall(request: AcceptRequest, shared: SharedSnapshot, now: Date): Drafted {
  const context = contextOf(request, shared, now);
  checkRequest(request, now);
  const drafts = draftMessages(request, context);
  const ways = drafts.map((draft) => (draft.state === 'blocked' ? null : findWay(draft, request, context)));
  return { request, context, batch: toBatch(request, context, drafts), ways };
}

function contextOf(request: AcceptRequest, shared: SharedSnapshot, now: Date): PlanContext {
  const account = shared.accounts.get(request.accountId);
  if (!account) throw new DomainError('not_found', 'account_not_found');
  if (account.status !== 'active') throw new DomainError('forbidden', `account_${account.status}`);
  const group = groupKey(request);
  if (request.groupId && !shared.groupWindows.has(group)) throw new DomainError('not_found', 'group_not_found');
  return {
    now,
    account,
    senders: shared.senders.rules(request.accountId, request.source),
    groupWindow: shared.groupWindows.get(group) ?? null,
    templates: shared.templates.get(request.accountId) ?? NO_TEMPLATES,
    routes: shared.routes.forAccount(account.id),
    providers: shared.providers,
    prices: shared.prices,
  };
}

/** Every sender that is asked for, by an item or by naming none. */
function* sendersOf(requests: readonly AcceptRequest[], accounts: SharedSnapshot['accounts']): Generator<AskedSender> {
  for (const { accountId, items } of requests) {
    const account = accounts.get(accountId);
    if (account) for (const { sender } of items) yield { accountId, sender: sender ?? account.defaultSender };
  }
}

function toBatch(request: AcceptRequest, { account }: PlanContext, drafts: DraftBatch['drafts']): DraftBatch {
  return {
    accountId: request.accountId,
    source: request.source,
    lane: request.lane,
    groupId: request.groupId ?? null,
    reservationId: request.reservationId ?? null,
    onInsufficientFunds: whenShort(request, account.onInsufficientFunds),
    deliveryPolicy: request.deliveryPolicy ?? 'at_most_once',
    window: request.window ?? null,
    windowAction: request.windowAction ?? 'wait',
    drafts,
  };
}

/** A campaign is quoted and reserved as a whole, and a code is worthless later: those never wait. */
function whenShort(
  { onInsufficientFunds, reservationId, lane }: AcceptRequest,
  choice: FundsChoice,
): OnInsufficientFunds {
  const wanted = onInsufficientFunds ?? choice;
  return wanted === 'wait' && (reservationId || lane === 'otp') ? 'partial' : wanted;
}

const groupKey = ({ accountId, groupId }: { accountId: string; groupId?: string }) => `${accountId} ${groupId}`;

/** By account and group; absent: no such group in that account. */
async function readGroupWindows(
  on: Database | Tx,
  requests: readonly AcceptRequest[],
): Promise<Map<string, WeeklyWindow | null>> {
  const wanted = requests.filter(({ groupId }) => groupId !== undefined);
  if (wanted.length === 0) return new Map();
  const rows = await on.query<{ accountId: string; groupId: string; window: WeeklyWindow | null }>(
    {
      name: 'messages.read-group-windows',
      text: `SELECT account_id AS "accountId", id AS "groupId", sending_window AS window FROM message_groups
             WHERE (account_id, id) IN (
               SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS k (account_id, id) WHERE ${expectFew('k.account_id')})`,
    },
    [wanted.map(({ accountId }) => accountId), wanted.map(({ groupId }) => groupId)],
  );
  return new Map(rows.map((row) => [groupKey(row), row.window]));
}

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}
