import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { Clock } from '../../../kernel/clock.js';
import { isSystemPause, SYSTEM_PAUSES } from '../domain/provider.js';
import { isOver } from '../domain/probe-decision.js';
import { type FullProviderRow, ProvidersRepository } from '../persistence/providers.repository.js';
import { POSTPONE_PROBE, SELECT_DUE_PROBES } from '../persistence/sql/probes.js';
import type { CredentialVerdict } from '../sms-provider.js';
import { CheckCredentials } from './check-credentials.js';
import { ResumeProvider } from './resume-provider.js';

export interface ProbeResult {
  verdict: CredentialVerdict;
  resumed: boolean;
}

/** Providers of one run; each is asked one question, and all of them side by side. */
const MOST_AT_ONCE = 20;

/**
 * Looks whether what providers were paused for by the system is over: they take our credentials again, or have money of ours again.
 * Those are resumed, and everything that waited leaves. The others are asked again twice as late each time, up to an hour.
 */
@Injectable()
export class ProbePaused {
  private readonly logger = new Logger('providers');

  constructor(
    private readonly database: Database,
    private readonly repository: ProvidersRepository,
    private readonly check: CheckCredentials,
    private readonly resume: ResumeProvider,
    private readonly clock: Clock,
  ) {}

  /** Those that are due. */
  async execute(): Promise<{ asked: number; resumed: number }> {
    const due = await this.database.query<{ id: string }>(SELECT_DUE_PROBES, [
      SYSTEM_PAUSES,
      this.clock.now(),
      MOST_AT_ONCE,
    ]);
    const resumed = await Promise.all(due.map(({ id }) => this.probe(id)));
    return { asked: due.length, resumed: resumed.filter(Boolean).length };
  }

  /** One provider, due or not; whether it was resumed. Nothing happens to one that is not paused by the system. */
  async probe(id: string): Promise<boolean> {
    try {
      const row = await this.repository.find(id);
      return row !== null && (await this.look(row)).resumed;
    } catch (error) {
      this.logger.warn({ providerId: id, err: error, msg: 'a paused provider could not be asked' });
      return false;
    }
  }

  /** Asks a provider, whatever state it is in, and resumes it when a pause of the system is over. */
  async ask(row: FullProviderRow): Promise<ProbeResult> {
    const verdict = await this.check.ofStored(row);
    if (verdict.kind === 'accepted' && verdict.balance)
      await this.repository.recordBalance(row.id, verdict.balance, this.clock.now());
    if (row.status !== 'paused' || !isSystemPause(row.pause_reason)) return { verdict, resumed: false };
    if (isOver(row.pause_reason, verdict) && (await this.resume.execute(row))) {
      this.logger.log({ providerId: row.id, msg: `resumed: ${row.pause_reason} is over` });
      return { verdict, resumed: true };
    }
    await this.database.query(POSTPONE_PROBE, [row.id, row.version, this.clock.now()]);
    return { verdict, resumed: false };
  }

  private async look(row: FullProviderRow): Promise<{ resumed: boolean }> {
    const isPaused = row.status === 'paused' && isSystemPause(row.pause_reason);
    return isPaused ? this.ask(row) : { resumed: false };
  }
}
