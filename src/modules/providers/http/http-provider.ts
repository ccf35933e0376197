import type { OutboundPolicy } from '../../../outbound/guarded-connect.js';
import { type Exchange, HttpClient } from '../../../outbound/http-client.js';
import { SubmissionTracker } from '../sending/submission-tracker.js';
import { Throttle } from '../sending/throttle.js';
import type {
  CredentialVerdict,
  PartResult,
  ProviderBalance,
  ProviderCapabilities,
  ProviderListener,
  ProviderState,
  ProviderStatus,
  SmsProvider,
  StatusAnswer,
  StatusQuery,
  Submission,
  SubmissionOutcome,
} from '../sms-provider.js';
import { AnswerReader, type HttpAnswer, type LinkVerdict, type ReadAnswer } from './answer-reader.js';
import { readBalance } from './balance-reader.js';
import type { HttpSettings } from './http-settings.js';
import { type AskContext, capabilitiesOf, type HttpTraits, type StatusAsker } from './http-traits.js';
import { PeerTime } from './peer-time.js';
import { type Batch, Job } from './job.js';
import { type BuiltRequest, RequestBuilder, UnwritableRequestError } from './request-builder.js';
import { RequestRoom } from './request-room.js';
import { SideClient } from './side-client.js';
import { sideRequest } from './side-request.js';

export interface HttpProviderOptions {
  settings: HttpSettings;
  secrets: Readonly<Record<string, string>>;
  /** Where reports are to be sent; null: nobody takes them. */
  callbackUrl: string | null;
  policy: OutboundPolicy;
  /** The product's clock: validity, timestamps in requests, what ops is shown. */
  now: () => Date;
  /** Absent: nothing beyond what the settings describe. */
  traits?: HttpTraits;
}

const STOPPING: PartResult = { kind: 'not_sent', reason: 'disconnected', code: 'stopping' };
const QUEUE_FULL: PartResult = { kind: 'not_sent', reason: 'queue_full', code: 'window_full' };
/** A provider that names a longer pause than this is asked again anyway. */
const LONGEST_NAMED_PAUSE_MS = 600_000;

/** A provider behind HTTP that is described as data. Needs neither Nest nor a database. */
export class HttpProvider implements SmsProvider {
  readonly kind: string;
  readonly capabilities: ProviderCapabilities;
  private readonly now: () => Date;
  private readonly builder: RequestBuilder;
  private readonly reader: AnswerReader;
  private readonly readsParts: boolean;
  private readonly room: RequestRoom;
  private readonly throttle: Throttle;
  private readonly outage: Throttle;
  private readonly aside: SideClient;
  private readonly traits: HttpTraits;
  private readonly peerTime: PeerTime | null;
  private client: HttpClient | null = null;
  private listener: ProviderListener | null = null;
  private status: ProviderStatus = 'stopped';
  private since: Date;
  private lastError: ProviderState['lastError'] = null;
  /** Requests. */
  private inFlight = 0;
  private unknowns = 0;
  /** After an outage one request at a time, until one goes well. */
  private probing = false;
  private refused = false;
  private penniless = false;
  private draining = false;
  private stopped: Promise<void> | null = null;
  /** Somebody was told that there is no room and waits to hear of some. */
  private hungry = false;
  private whenIdle: (() => void) | null = null;

  constructor(private readonly options: HttpProviderOptions) {
    const { settings } = options;
    const { limits } = settings;
    this.now = options.now;
    this.since = this.now();
    this.traits = options.traits ?? { kind: 'http' };
    this.kind = this.traits.kind;
    this.capabilities = capabilitiesOf(settings, this.traits);
    this.aside = new SideClient(limits, options.policy);
    this.peerTime = this.timeOf(this.traits);
    this.builder = new RequestBuilder(settings, options);
    this.reader = new AnswerReader(settings);
    this.readsParts = settings.answer.recipient.includes('partIndex');
    this.room = new RequestRoom(
      settings,
      // The probe after an outage is one message, whatever may go together.
      () => (this.probing ? 1 : this.capabilities.maxBatch),
      () => this.pump(),
    );
    this.throttle = new Throttle(limits.throttleMinMs, limits.throttleMaxMs, () => this.afterPause());
    this.outage = new Throttle(limits.retryMinMs, limits.retryMaxMs, () => this.afterPause());
  }

  start(listener: ProviderListener): void {
    if (!['stopped', 'auth_failed', 'no_funds'].includes(this.status)) return;
    this.listener = listener;
    this.stopped = null;
    this.refused = false;
    this.penniless = false;
    this.probing = false;
    this.unknowns = 0;
    this.client ??= new HttpClient(this.builder.origin, this.options.settings.limits, this.options.policy);
    this.afterStatus();
    if (this.peerTime && !this.peerTime.isKnown) void this.learnTime();
  }

  stop(drainMs: number): Promise<void> {
    this.stopped ??= this.drainAndStop(drainMs);
    return this.stopped;
  }

  state(): ProviderState {
    const remainingMs = this.outage.remainingMs || this.throttle.remainingMs;
    return {
      status: this.status,
      since: this.since,
      retryAt: remainingMs > 0 ? new Date(this.now().getTime() + remainingMs) : null,
      lastError: this.lastError,
      inFlight: this.inFlight,
      window: this.probing ? 1 : this.most() + this.room.joinable,
    };
  }

  freeSlots(): number {
    const free = this.status === 'ready' ? Math.max(0, this.room.places(this.openable())) : 0;
    if (free === 0) this.hungry = true;
    return free;
  }

  submit(batch: readonly Submission[], onOutcome?: (outcome: SubmissionOutcome) => void): Promise<SubmissionOutcome[]> {
    return new Promise((resolve) => {
      const outcomes: SubmissionOutcome[] = [];
      let open = batch.length;
      if (open === 0) resolve(outcomes);
      batch.forEach((submission, index) => {
        const tracker = new SubmissionTracker(submission, (outcome) => {
          outcomes[index] = outcome;
          onOutcome?.(outcome);
          if (--open === 0) resolve(outcomes);
        });
        this.admit(this.jobsFor(submission, tracker));
      });
      this.pump();
    });
  }

  /** Also of a link that is not started. */
  async balance(): Promise<ProviderBalance | null> {
    const { balance } = this.options.settings;
    if (!balance) return null;
    const answer = await this.ask((context) => sideRequest(balance, context));
    return answer && readBalance(balance, answer);
  }

  /** By the balance, which every known company tells to those whom it knows. */
  async check(): Promise<CredentialVerdict> {
    const { balance } = this.options.settings;
    if (!balance) return { kind: 'unclear', code: 'not_askable', detail: 'nothing can be asked without sending' };
    const answer = await this.ask((context) => sideRequest(balance, context));
    if (!answer) return { kind: 'unclear', code: 'no_answer', detail: 'the provider did not answer' };
    const found = readBalance(balance, answer);
    if (found) return { kind: 'accepted', balance: found };
    const { refused, code, detail } = this.reader.refusesCredentials(answer, this.secretValues());
    return { kind: refused ? 'refused' : 'unclear', code, detail };
  }

  /**
   * Also of a link that is not started. One request after the other: statuses are never urgent. Who does not answer one is not asked
   * the others, or a silent provider would be waited for once for each of them.
   */
  async queryStatus(queries: readonly StatusQuery[]): Promise<StatusAnswer[]> {
    const { statuses } = this.traits;
    if (!statuses) return queries.map(unanswered);
    const answers: StatusAnswer[] = [];
    while (answers.length < queries.length) {
      const next = queries.slice(answers.length, answers.length + statuses.most);
      const told = await this.askStatuses(statuses, next);
      if (!told) break;
      answers.push(...told);
    }
    return [...answers, ...queries.slice(answers.length).map(unanswered)];
  }

  /** Null when no answer came. */
  private async askStatuses(asker: StatusAsker, queries: readonly StatusQuery[]): Promise<StatusAnswer[] | null> {
    let askable = true;
    const answer = await this.ask((context) => {
      const request = asker.request(queries, context);
      askable = request !== null;
      return request;
    });
    if (answer) return asker.read(answer, queries, this.now());
    return askable ? null : queries.map(unanswered);
  }

  /** A question beside the sending, by the provider's clock where that matters. Null: not asked, or not answered. */
  private async ask(requestOf: (context: AskContext) => BuiltRequest | null): Promise<HttpAnswer | null> {
    if (this.peerTime?.isStale && !(await this.peerTime.learn())) return null;
    const { settings, secrets } = this.options;
    const request = requestOf({ settings, secrets, now: this.peerTime?.now() ?? this.now() });
    return request && this.aside.ask(this.finish(request));
  }

  private finish(request: BuiltRequest): BuiltRequest {
    return this.traits.finish?.(request, this.options.secrets) ?? request;
  }

  private timeOf({ clock }: HttpTraits): PeerTime | null {
    if (!clock) return null;
    const { settings, secrets } = this.options;
    const ask = () => this.aside.ask(clock.request({ settings, secrets, now: this.now() }));
    return new PeerTime(clock, ask, this.now);
  }

  /** Nothing can be sent before the provider's time is known: while it is not told, it is as good as away. */
  private async learnTime(): Promise<void> {
    const told = await this.peerTime!.learn();
    if (this.stopped) return;
    if (!told) {
      this.lastError = { code: 'no_time', detail: 'the provider does not tell its time', at: this.now() };
      this.outage.hit(0);
    }
    this.afterStatus();
    this.pump();
  }

  private jobsFor(submission: Submission, tracker: SubmissionTracker): Job[] {
    const { parts } = submission;
    if (this.options.settings.request.unit === 'part') {
      return parts.map((part, index) => new Job(tracker, [index], part.text, part.partNo));
    }
    return [new Job(tracker, [...parts.keys()], parts.map((part) => part.text).join(''), 1)];
  }

  private admit(jobs: Job[]): void {
    const refusal = this.refusal() ?? (this.room.admits(jobs.length, this.openable()) ? null : QUEUE_FULL);
    if (refusal) this.hungry = true;
    for (const job of jobs)
      if (refusal) job.settle(refusal);
      else this.room.add(job);
  }

  /** Why nothing can be sent now; null when it can. */
  private refusal(): PartResult | null {
    switch (this.status) {
      case 'ready':
        return null;
      case 'throttled':
        return { kind: 'not_sent', reason: 'throttled', code: 'paused', retryAfterMs: this.throttle.remainingMs };
      case 'connecting':
        return { kind: 'not_sent', reason: 'disconnected', code: 'paused', retryAfterMs: this.outage.remainingMs };
      case 'auth_failed':
        return { kind: 'not_sent', reason: 'unavailable', code: 'auth_failed' };
      case 'no_funds':
        return { kind: 'not_sent', reason: 'provider_no_funds', code: 'no_funds' };
      case 'draining':
        return STOPPING;
      default:
        return { kind: 'not_sent', reason: 'disconnected', code: 'not_started' };
    }
  }

  /** Requests that may be opened now. */
  private openable(): number {
    return Math.max(0, this.most() - this.inFlight);
  }

  /** Requests that may be open at once. Shown as the window, because dispatch keeps a share of it for one-time codes. */
  private most(): number {
    return this.probing ? 1 : this.options.settings.limits.maxConcurrent;
  }

  /** Writes what waits as far as there is room, or gives it back when there will be none. */
  private pump(): void {
    const refusal = this.refusal();
    if (refusal) return this.room.empty(refusal);
    this.room.expire(QUEUE_FULL);
    while (this.openable() > 0) {
      const batch = this.room.take();
      if (!batch) break;
      this.write(batch);
    }
    if (this.hungry && this.freeSlots() > 0) {
      this.hungry = false;
      this.listener?.onCapacity?.();
    }
  }

  private timeForRequests(now: Date): Date {
    if (this.peerTime?.isStale) void this.peerTime.learn();
    return this.peerTime?.now() ?? now;
  }

  private write(batch: Batch): void {
    const now = this.now();
    const jobs = batch.jobs.filter((job) => !this.isStale(job, now));
    const request = jobs.length === 0 ? null : this.build(jobs, now);
    if (!request) return this.room.ended(batch);
    this.inFlight++;
    void this.client!.exchange(request).then((exchange) => this.answered(batch, jobs, exchange));
  }

  /** Settles what is not worth writing any more. */
  private isStale(job: Job, now: Date): boolean {
    const { validUntil } = job.submission;
    if (!validUntil || validUntil > now) return false;
    job.settle({ kind: 'not_sent', reason: 'expired', code: 'validity_over' });
    return true;
  }

  /** Null when these cannot be written; of several the others go without the one that is to blame. */
  private build(jobs: readonly Job[], now: Date): BuiltRequest | null {
    try {
      const values = jobs.map((job) => job.values());
      return this.finish(this.builder.build(values, this.timeForRequests(now)));
    } catch (error) {
      if (!(error instanceof UnwritableRequestError)) throw error;
      if (jobs.length === 1) jobs[0]!.settle({ kind: 'rejected', code: 'unwritable', detail: error.message });
      else this.room.separate(jobs);
      return null;
    }
  }

  private answered(batch: Batch, jobs: readonly Job[], exchange: Exchange): void {
    this.inFlight--;
    this.room.ended(batch);
    if (jobs.length === 1) this.settleOne(jobs[0]!, exchange);
    else this.settleAll(jobs, exchange);
    this.pump();
    if (this.inFlight === 0) this.whenIdle?.();
  }

  private settleOne(job: Job, exchange: Exchange): void {
    const [first, ...more] = this.judge(job, exchange);
    this.learn(first!, exchange);
    const results = this.withPause([first!, ...more]);
    if (more.length > 0) job.settleEach(results);
    else job.settle(results[0]!);
  }

  /** Each message by its own answer; the link by the gravest of them. */
  private settleAll(jobs: readonly Job[], exchange: Exchange): void {
    const answers = this.judgeAll(jobs, exchange);
    this.learn(gravest(answers), exchange);
    for (const [index, { alone }] of answers.entries())
      if (alone) this.room.keepApart(jobs[index]!.submission.clientReference);
    for (const [index, result] of this.withPause(answers).entries()) jobs[index]!.settle(result);
  }

  private withPause(answers: readonly ReadAnswer[]): PartResult[] {
    const later = this.retryAfter();
    return answers.map(({ result }) => (result.kind === 'not_sent' ? { ...result, ...later } : result));
  }

  /** One answer for the whole request, or one for each part where the provider has one. */
  private judge(job: Job, exchange: Exchange): ReadAnswer[] {
    return exchange.kind === 'answer' ? this.read(job, exchange.answer) : [withoutAnswer(exchange)];
  }

  private judgeAll(jobs: readonly Job[], exchange: Exchange): ReadAnswer[] {
    if (exchange.kind !== 'answer') return jobs.map(() => withoutAnswer(exchange));
    const values = jobs.map((job) => this.valuesOf(job.submission));
    return this.reader.readBatch(exchange.answer, values);
  }

  private valuesOf({ to, clientReference }: Submission): Record<string, string> {
    return { to, reference: clientReference, ...this.secretValues() };
  }

  private read(job: Job, answer: HttpAnswer): ReadAnswer[] {
    const values = this.valuesOf(job.submission);
    const first = this.reader.read(answer, { ...values, partIndex: '0' });
    if (job.count === 1 || first.result.kind !== 'submitted' || !this.readsParts) return [first];
    const more = Array.from({ length: job.count - 1 }, (_, index) =>
      this.reader.read(answer, { ...values, partIndex: String(index + 1) }),
    );
    // The provider counted fewer parts than we did: its answer is about all of them.
    return more.some(({ result }) => result.kind === 'unknown') ? [first] : [first, ...more];
  }

  private secretValues(): Record<string, string> {
    const entries = Object.entries(this.options.secrets);
    return Object.fromEntries(entries.map(([name, value]) => [`secret.${name}`, value]));
  }

  /** What the outcome says about the link. */
  private learn({ link, result }: ReadAnswer, exchange: Exchange): void {
    if (link === 'well') {
      this.unknowns = 0;
      this.probing = false;
      this.throttle.clear();
      this.outage.clear();
      return;
    }
    this.lastError = {
      code: 'code' in result ? result.code : link,
      detail: 'detail' in exchange ? exchange.detail : `HTTP ${exchange.answer.status}`,
      at: this.now(),
    };
    if (link === 'throttled') this.throttle.hit(namedPause(exchange, this.now()));
    else if (link === 'credentials') this.refused = true;
    else if (link === 'no_funds') this.penniless = true;
    else if (link === 'unavailable') this.pause(namedPause(exchange, this.now()));
    // A probe has no more to say: several of them would be as many messages of which nobody knows.
    else if (this.probing || ++this.unknowns >= this.options.settings.limits.unknownsBeforePause) this.pause(0);
    this.afterStatus();
  }

  private pause(atLeastMs: number): void {
    this.probing = true;
    this.outage.hit(atLeastMs);
  }

  private retryAfter(): { retryAfterMs?: number } {
    const retryAfterMs = this.outage.remainingMs || this.throttle.remainingMs;
    return retryAfterMs > 0 ? { retryAfterMs } : {};
  }

  private afterPause(): void {
    this.unknowns = 0;
    this.afterStatus();
    if (this.peerTime && !this.peerTime.isKnown) void this.learnTime();
    this.pump();
  }

  private afterStatus(): void {
    const status = this.computeStatus();
    if (status === this.status) return;
    this.status = status;
    this.since = this.now();
    this.listener?.onStateChange?.(this.state());
  }

  private computeStatus(): ProviderStatus {
    if (this.draining) return 'draining';
    if (!this.client) return 'stopped';
    if (this.refused) return 'auth_failed';
    if (this.penniless) return 'no_funds';
    if (this.outage.isActive || this.peerTime?.isKnown === false) return 'connecting';
    return this.throttle.isActive ? 'throttled' : 'ready';
  }

  private async drainAndStop(drainMs: number): Promise<void> {
    const { client } = this;
    if (!client) return;
    this.draining = true;
    this.throttle.stop();
    this.outage.stop();
    this.afterStatus();
    this.room.empty(STOPPING);
    if (this.inFlight > 0) await this.idle(drainMs);
    await client.destroy();
    if (this.inFlight > 0) await this.idle(1_000);
    this.client = null;
    this.draining = false;
    this.afterStatus();
  }

  private async idle(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.whenIdle = resolve;
      timer = setTimeout(resolve, withinMs);
    });
    this.whenIdle = null;
    clearTimeout(timer);
  }
}

/** What the answers to several messages of one request say of the link: any of these before that it is well. */
const GRAVE: readonly LinkVerdict[] = ['credentials', 'no_funds', 'throttled', 'unavailable', 'well', 'unclear'];

function gravest(answers: readonly ReadAnswer[]): ReadAnswer {
  return answers.reduce((one, other) => (GRAVE.indexOf(other.link) < GRAVE.indexOf(one.link) ? other : one));
}

function withoutAnswer({ kind, code, detail }: Exclude<Exchange, { kind: 'answer' }>): ReadAnswer {
  if (kind === 'lost') return { link: 'unclear', result: { kind: 'unknown', code, detail } };
  return { link: 'unavailable', result: { kind: 'not_sent', reason: 'disconnected', code } };
}

const unanswered = ({ clientReference }: StatusQuery): StatusAnswer => ({ clientReference, result: null });

/** Retry-After in seconds, or as a date by the clock of whoever wrote it, which need not be ours; 0 when there is none. */
function namedPause(exchange: Exchange, now: Date): number {
  if (exchange.kind !== 'answer') return 0;
  const [header, date = ''] = ['retry-after', 'date'].map((name) => [exchange.answer.headers[name]].flat()[0]);
  if (!header) return 0;
  const ms = /^\d{1,6}$/.test(header)
    ? Number(header) * 1_000
    : Date.parse(header) - (Date.parse(date) || now.getTime());
  return Math.min(LONGEST_NAMED_PAUSE_MS, Math.max(0, ms || 0));
}
