import type {
  InboundMessage,
  LateAnswer,
  PartOutcome,
  PartResult,
  ProviderCapabilities,
  ProviderListener,
  ProviderReport,
  ProviderState,
  ProviderStatus,
  SmsProvider,
  StatusAnswer,
  StatusQuery,
  Submission,
  SubmissionOutcome,
} from '../sms-provider.js';
import { SubmissionTracker } from '../sending/submission-tracker.js';
import { Throttle } from '../sending/throttle.js';
import { WaitingRoom } from '../sending/waiting-room.js';
import { Status, statusCode } from './codec/protocol.js';
import { maxPartUnits, SubmitEncoder } from './codec/submit-encoder.js';
import { statusName } from './codec/status-names.js';
import { DeliveryBatcher } from './delivery-batcher.js';
import { DeliveryReader } from './delivery-reader.js';
import { canonicalMessageId } from './message-id.js';
import { openSocket, SmppLink, type SocketFactory } from './smpp-link.js';
import type { Delivery } from './smpp-session.js';
import {
  DEFAULT_STATUS_MEANINGS,
  type SmppCredentials,
  type SmppSettings,
  type StatusMeaning,
} from './smpp-settings.js';
import { PartRequest, type ResultRules } from './part-request.js';
import { StateAsker } from './state-asker.js';

export interface SmppProviderOptions {
  settings: SmppSettings;
  credentials: SmppCredentials;
  /** Replaces the plain connect, for whoever checks addresses first. */
  openSocket?: SocketFactory;
  /** The product's clock: validity, and when reports came, which is compared with when messages were sent. */
  now: () => Date;
}

const STOPPING: PartResult = { kind: 'not_sent', reason: 'disconnected', code: 'stopping' };

/** SMPP 3.4 over one transceiver, or over a transmitter and a receiver. Needs neither Nest nor a database. */
export class SmppProvider implements SmsProvider, ResultRules {
  readonly kind = 'smpp';
  readonly capabilities: ProviderCapabilities;
  private readonly settings: SmppSettings;
  private readonly now: () => Date;
  private readonly sender: SmppLink;
  private readonly links: SmppLink[];
  private readonly throttle: Throttle;
  /** Pauses of a peer that is bound, and answers no submit. */
  private readonly silence: Throttle;
  private readonly room: WaitingRoom<PartRequest>;
  private readonly reader: DeliveryReader;
  private readonly asker: StateAsker;
  private readonly meanings = new Map<number, StatusMeaning>();
  private readonly reports = new DeliveryBatcher<ProviderReport>((reports) => this.listener!.onReports(reports));
  private readonly inbound = new DeliveryBatcher<InboundMessage>((messages) => this.listener!.onInbound!(messages));
  private listener: ProviderListener | null = null;
  private status: ProviderStatus = 'stopped';
  private since: Date;
  private draining = false;
  /** The peer said that our money there is spent. */
  private penniless = false;
  private stopped: Promise<void> | null = null;
  /** Somebody was told that there is no room and waits to hear of some. */
  private hungry = false;
  private lateAnswers: LateAnswer[] = [];
  /** Submits in a row that were not answered in time. */
  private unanswered = 0;
  /** After a silence one submit at a time: several would be as many messages of which nobody knows. */
  private probing = false;
  /** The last "not now" to a submit: a bind that is ready and over which nothing leaves must show why. */
  private lastRefusal: ProviderState['lastError'] = null;

  constructor(options: SmppProviderOptions) {
    const { settings } = options;
    this.settings = settings;
    this.now = options.now;
    this.since = this.now();
    this.capabilities = capabilitiesOf(settings);
    for (const [status, meaning] of Object.entries({ ...DEFAULT_STATUS_MEANINGS, ...settings.statusMeanings }))
      this.meanings.set(Number.parseInt(status, 16), meaning);
    this.reader = new DeliveryReader(settings);
    this.throttle = new Throttle(settings.throttleMinMs, settings.throttleMaxMs, () => this.afterPause());
    this.silence = new Throttle(settings.reconnectMinMs, settings.reconnectMaxMs, () => this.afterPause());
    this.room = new WaitingRoom(settings.windowSize, settings.responseTimeoutMs);
    const context = {
      settings,
      credentials: options.credentials,
      encoder: new SubmitEncoder(settings),
      openSocket: options.openSocket ?? openSocket,
      now: this.now,
    };
    const handlers = {
      onDelivery: (delivery: Delivery) => this.deliver(delivery),
      onCapacity: () => this.pump(),
      onStatus: () => this.afterStatus(),
    };
    const roles = settings.bindMode === 'pair' ? (['transmitter', 'receiver'] as const) : (['transceiver'] as const);
    this.links = roles.map((role) => new SmppLink(role, context, handlers));
    this.sender = this.links[0]!;
    // Not while the peer is being probed, or paused for being too fast.
    const askable = () => (this.status === 'ready' && !this.probing ? this.sender.session : null);
    this.asker = new StateAsker(settings, askable, this.now);
  }

  start(listener: ProviderListener): void {
    if (!['stopped', 'auth_failed', 'no_funds'].includes(this.status)) return;
    this.listener = listener;
    this.draining = false;
    this.penniless = false;
    this.stopped = null;
    this.unanswered = 0;
    this.probing = false;
    for (const link of this.links) link.start();
  }

  stop(drainMs: number): Promise<void> {
    this.stopped ??= this.drainAndStop(drainMs);
    return this.stopped;
  }

  state(): ProviderState {
    const retries = this.links.map((link) => link.retryAt).filter((at) => at !== null);
    const pauseMs = this.silence.remainingMs || this.throttle.remainingMs;
    // Of two in the same millisecond, that of the link says more.
    const errors = [...this.links.map((link) => link.lastError), this.lastRefusal].filter((error) => error !== null);
    return {
      status: this.status,
      since: this.since,
      retryAt:
        pauseMs > 0
          ? new Date(this.now().getTime() + pauseMs)
          : (retries.sort((one, other) => one.getTime() - other.getTime())[0] ?? null),
      lastError: errors.sort((one, other) => other.at.getTime() - one.at.getTime())[0] ?? null,
      inFlight: this.sender.session?.inFlight ?? 0,
      window: this.probing ? 1 : this.settings.windowSize,
    };
  }

  freeSlots(): number {
    const free = this.status === 'ready' ? Math.max(0, this.sessionSlots() - this.room.size) : 0;
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
        this.admit(this.requestsFor(submission, tracker));
      });
      this.pump();
    });
  }

  /** Over the bind that sends, and only while it is ready. A question that is not answered says nothing of submits. */
  async queryStatus(queries: readonly StatusQuery[]): Promise<StatusAnswer[]> {
    if (!this.settings.statusQuery) return queries.map(({ clientReference }) => ({ clientReference, result: null }));
    return this.asker.ask(queries);
  }

  resultOf(status: number, messageId: string): PartResult {
    this.hear();
    if (status === Status.ok) {
      this.throttle.clear();
      return {
        kind: 'submitted',
        providerMessageId: canonicalMessageId(this.settings.messageId, 'answer', messageId),
      };
    }
    const code = statusCode(status);
    switch (this.meanings.get(status)) {
      case 'throttled':
        this.refused(status);
        this.hitThrottle();
        return { kind: 'not_sent', reason: 'throttled', code, retryAfterMs: this.throttle.remainingMs };
      case 'unavailable':
        this.refused(status);
        return { kind: 'not_sent', reason: 'unavailable', code };
      case 'no_funds':
        this.refused(status);
        this.penniless = true;
        this.afterStatus();
        return { kind: 'not_sent', reason: 'provider_no_funds', code };
      case 'unknown':
        return { kind: 'unknown', code, detail: statusName(status) };
      case 'opted_out':
        return { kind: 'rejected', code, detail: statusName(status), optedOut: true };
      default:
        return { kind: 'rejected', code, detail: statusName(status) };
    }
  }

  timedOut(): PartResult {
    const code = 'response_timeout';
    const detail = `no answer within ${this.settings.responseTimeoutMs} ms`;
    if (++this.unanswered >= this.settings.timeoutsBeforePause || this.probing) {
      this.lastRefusal = { code, detail, at: this.now() };
      this.probing = true;
      this.silence.hit();
      this.afterStatus();
    }
    return { kind: 'unknown', code, detail };
  }

  lateAnswer(clientReference: string, part: PartOutcome): void {
    if (this.lateAnswers.push({ clientReference, part }) > 1) return;
    process.nextTick(() => {
      const answers = this.lateAnswers;
      this.lateAnswers = [];
      this.listener?.onLateAnswers?.(answers);
    });
  }

  private async drainAndStop(drainMs: number): Promise<void> {
    this.draining = true;
    this.room.empty((request) => request.settle(STOPPING));
    this.throttle.stop();
    this.silence.stop();
    this.afterStatus();
    const deadline = performance.now() + drainMs;
    const stored = () => atMost(deadline - performance.now(), this.reports.idle(), this.inbound.idle());
    await Promise.all(this.links.map((link) => link.stop(drainMs, stored)));
    this.draining = false;
    this.afterStatus();
  }

  private requestsFor(submission: Submission, tracker: SubmissionTracker): PartRequest[] {
    const { parts } = submission;
    if (this.settings.concatenation !== 'payload')
      return parts.map((part, index) => new PartRequest(tracker, part, [index], this));
    const whole = { partNo: 1, partsTotal: 1, text: parts.map((part) => part.text).join('') };
    return [new PartRequest(tracker, whole, [...parts.keys()], this)];
  }

  private admit(requests: PartRequest[]): void {
    const refusal = this.refusal() ?? (this.room.admits(requests.length, this.sessionSlots()) ? null : QUEUE_FULL);
    if (refusal) this.hungry = true;
    for (const request of requests)
      if (refusal) request.settle(refusal);
      else this.room.add(request);
  }

  /** Why nothing can be sent now; null when it can. */
  private refusal(): PartResult | null {
    switch (this.status) {
      case 'ready':
        return null;
      case 'throttled':
        return { kind: 'not_sent', reason: 'throttled', code: 'paused', retryAfterMs: this.throttle.remainingMs };
      case 'auth_failed':
        return { kind: 'not_sent', reason: 'unavailable', code: 'auth_failed' };
      case 'no_funds':
        return { kind: 'not_sent', reason: 'provider_no_funds', code: 'no_funds' };
      case 'draining':
        return STOPPING;
      default:
        return this.silence.isActive
          ? { kind: 'not_sent', reason: 'unavailable', code: 'silent', retryAfterMs: this.silence.remainingMs }
          : { kind: 'not_sent', reason: 'disconnected', code: 'not_bound' };
    }
  }

  /** Whatever it says, the peer answers submits. */
  private hear(): void {
    this.unanswered = 0;
    this.probing = false;
    this.silence.clear();
  }

  private sessionSlots(): number {
    const { session } = this.sender;
    if (!session) return 0;
    return this.probing ? Math.min(session.freeSlots, 1 - session.inFlight) : session.freeSlots;
  }

  /** Writes what waits as far as there is room, or gives it back when there will be none. */
  private pump(): void {
    const refusal = this.refusal();
    if (refusal) return this.room.empty((request) => request.settle(refusal));
    this.room.expire((request) => request.settle(QUEUE_FULL));
    const { session } = this.sender;
    if (!session) return;
    while (this.room.size > 0 && this.sessionSlots() > 0) {
      const request = this.room.take()!;
      const { validUntil } = request.submission;
      if (validUntil && validUntil <= this.now()) {
        request.settle({ kind: 'not_sent', reason: 'expired', code: 'validity_over' });
        continue;
      }
      const unwritable = session.submit(request);
      if (unwritable)
        request.settle({ kind: 'rejected', code: unwritable, detail: 'it cannot be written for this provider' });
    }
    if (this.hungry && this.freeSlots() > 0) this.tellCapacity();
  }

  private tellCapacity(): void {
    this.hungry = false;
    this.listener?.onCapacity?.();
  }

  private refused(status: number): void {
    this.lastRefusal = { code: statusCode(status), detail: statusName(status), at: this.now() };
  }

  private hitThrottle(): void {
    this.throttle.hit();
    this.afterStatus();
  }

  private afterPause(): void {
    this.afterStatus();
    this.pump();
  }

  private deliver({ message, session, command, sequence }: Delivery): void {
    const acknowledgement = { session, command, sequence };
    if (this.reader.isReport(message)) this.reports.add(this.reader.readReport(message, this.now()), acknowledgement);
    else if (this.listener?.onInbound) this.inbound.add(this.reader.readInbound(message, this.now()), acknowledgement);
    else session.acknowledge(command, sequence, Status.permanentAppError);
  }

  private afterStatus(): void {
    const status = this.computeStatus();
    if (status === this.status) return;
    this.status = status;
    this.since = this.now();
    if (status === 'connecting' || status === 'auth_failed') this.throttle.stop();
    if (status === 'auth_failed') void this.stopOthers();
    if (status === 'ready') this.hungry = true;
    this.listener?.onStateChange?.(this.state());
    if (status === 'ready' || this.room.size > 0) this.pump();
  }

  private computeStatus(): ProviderStatus {
    if (this.draining) return 'draining';
    if (this.links.some((link) => link.status === 'auth_failed')) return 'auth_failed';
    if (this.links.every((link) => link.status === 'stopped')) return 'stopped';
    if (this.penniless) return 'no_funds';
    if (this.links.some((link) => link.status !== 'bound') || this.silence.isActive) return 'connecting';
    return this.throttle.isActive ? 'throttled' : 'ready';
  }

  /** Half a pair whose other half was refused has nothing to do. */
  private async stopOthers(): Promise<void> {
    const others = this.links.filter((link) => link.status !== 'auth_failed');
    await Promise.all(others.map((link) => link.stop(0, () => Promise.resolve())));
  }
}

const QUEUE_FULL: PartResult = { kind: 'not_sent', reason: 'queue_full', code: 'window_full' };

function capabilitiesOf({ concatenation, statusQuery }: SmppSettings): ProviderCapabilities {
  return {
    requestUnit: concatenation === 'payload' ? 'message' : 'part',
    maxBatch: 1,
    maxPartUnits: maxPartUnits(concatenation),
    statusQuery,
    askedByReference: false,
    balance: false,
    reports: 'link',
    lateAnswers: true,
    inbound: true,
  };
}

async function atMost(ms: number, ...promises: Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.max(0, ms))));
  await Promise.race([Promise.all(promises), timeout]);
  clearTimeout(timer);
}
