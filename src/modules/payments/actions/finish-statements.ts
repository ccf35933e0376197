import { Injectable, Logger } from '@nestjs/common';
import { ApplyStatement } from './apply-statement.js';
import { StatementsRepository } from '../persistence/statements.repository.js';

/** Batches follow each other within seconds; who has stopped for so long is gone. */
const QUIET_MS = 60_000;
/** Longer than any request lasts. */
const UNREAD_MS = 3_600_000;

/** Goes on with files that were accepted and whose process died, and forgets those that were never read to their end. */
@Injectable()
export class FinishStatements {
  private readonly logger = new Logger('bank statements');

  constructor(
    private readonly statements: StatementsRepository,
    private readonly apply: ApplyStatement,
  ) {}

  async sweep(now: Date): Promise<{ finished: number; forgotten: number }> {
    const forgotten = await this.statements.forgetUnread(new Date(now.getTime() - UNREAD_MS));
    let finished = 0;
    for (const id of await this.statements.unfinished(new Date(now.getTime() - QUIET_MS))) {
      try {
        await this.apply.toTheEnd(id);
        finished += 1;
      } catch (error) {
        // The others do not wait for it; it is tried again with the next sweep.
        this.logger.error({ statement: id, err: error });
      }
    }
    return { finished, forgotten };
  }
}
