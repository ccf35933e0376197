import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { Clock } from '../../../kernel/clock.js';
import { AccountsService } from '../../accounts/index.js';
import { END_OUTAGES, GIVE_UP, NOTE_OUTAGES } from '../persistence/sql/outages.js';
import { tellProviderChanged } from '../provider-hints.js';
import { ProvidersService } from '../providers.service.js';

interface Outage {
  id: string;
  ownerAccountId: string | null;
  since: Date;
}

/**
 * The circuit breaker of routes. A provider that workers try and cannot send over for as long as it says itself
 * (`failover_seconds`) is failing: routes pass it by, and what waits for it may leave over others (topic `providers.failing`). The first
 * link that can send again ends that (`providers.recovered`). Nobody tries: nothing is known, nothing changes.
 */
@Injectable()
export class WatchLinks {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly providers: ProvidersService,
    private readonly clock: Clock,
  ) {}

  /** For a schedule. Answers how many began to fail, and how many recovered. */
  async execute(): Promise<{ failing: number; recovered: number }> {
    const accountId = await this.accounts.platformAccountId();
    const now = this.clock.now();
    const { failing, recovered } = await this.database.transaction(async (tx) => {
      const over = await tx.query<Outage & Record<string, unknown>>(END_OUTAGES);
      await tx.query(NOTE_OUTAGES, [now]);
      const given = await tx.query<Outage & Record<string, unknown>>(GIVE_UP, [now]);
      const event = (topic: string, { id, ownerAccountId, since }: Outage) => ({
        accountId,
        topic,
        payload: { providerId: id, ownerAccountId, reason: 'links_down', since: since.toISOString() },
      });
      const events = [
        ...given.map((one) => event('providers.failing', one)),
        ...over.map((one) => event('providers.recovered', one)),
      ];
      if (events.length > 0) await writeOutbox(tx, events, now);
      for (const { id } of [...given, ...over]) await tellProviderChanged(tx, id);
      return { failing: given.length, recovered: over.length };
    });
    if (failing + recovered > 0) this.providers.invalidate();
    return { failing, recovered };
  }
}
