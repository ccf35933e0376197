import type {
  InboundMessage,
  LateAnswer,
  ProviderListener,
  ProviderReport,
  ProviderState,
} from '../../src/modules/providers/sms-provider.js';

/** A listener that keeps what it hears, in order. */
export class ProviderRecorder implements ProviderListener {
  readonly batches: ProviderReport[][] = [];
  readonly inbound: InboundMessage[] = [];
  readonly lateAnswers: LateAnswer[] = [];
  readonly states: ProviderState[] = [];
  capacityCalls = 0;
  /** Awaited before reports count as stored; throw to say that they are not. */
  beforeStored: (reports: ProviderReport[]) => Promise<void> = () => Promise.resolve();

  get reports(): ProviderReport[] {
    return this.batches.flat();
  }

  async onReports(reports: ProviderReport[]): Promise<void> {
    await this.beforeStored(reports);
    this.batches.push(reports);
  }

  onInbound(messages: InboundMessage[]): Promise<void> {
    this.inbound.push(...messages);
    return Promise.resolve();
  }

  onLateAnswers(answers: LateAnswer[]): void {
    this.lateAnswers.push(...answers);
  }

  onStateChange(state: ProviderState): void {
    this.states.push(state);
  }

  onCapacity(): void {
    this.capacityCalls++;
  }
}
