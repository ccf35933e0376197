import { Injectable } from '@nestjs/common';
import { Database, together, type Tx } from '../../../database/database.js';
import { writeOutbox } from '../../../database/outbox.js';
import { type ProviderSnapshot, ProvidersService, type RouteBook } from '../../providers/index.js';
import { QueueHints } from '../dispatch/queue-hints.js';
import { ChangeTally } from '../domain/changes.js';
import { type EarlierAttempt, mayPassOn, passTo } from '../domain/pass-on.js';
import type { ClaimedMessage } from '../persistence/claimed-message.js';
import { MOVE_QUEUED, READ_EARLIER_ATTEMPTS } from '../persistence/sql/move-queued.js';
import type { Landed } from './settler.js';

/** A refused message that goes on elsewhere, and under which sender. */
export interface PassedOn {
  message: ClaimedMessage;
  providerId: string;
  sender: string | null;
}

const NONE: ReadonlyMap<Landed, PassedOn> = new Map();

/**
 * Another route after a definite refusal, where the provider that refused passes such codes on (`passOnCodes`): the same message at the
 * same price, held as it was; the attempt keeps who refused it and why. A provider that an account owns passes nothing on: what it
 * carries is priced by a fee.
 */
@Injectable()
export class PassOn {
  constructor(
    private readonly database: Database,
    private readonly providers: ProvidersService,
    private readonly hints: QueueHints,
  ) {}

  /**
   * Which of some messages go on, and to whom. Reads before the transaction that settles them: what is claimed changes for nobody else.
   * No statement but for those that were refused before too.
   */
  async decide(landed: readonly Landed[], now: Date): Promise<ReadonlyMap<Landed, PassedOn>> {
    const refused = landed.filter(({ outcome }) => outcome.kind === 'rejected');
    if (refused.length === 0) return NONE;
    const providers = new Map((await this.providers.list()).map((provider) => [provider.id, provider]));
    const leaving = refused.filter(({ flight: { message, outcomes } }) => {
      const provider = providers.get(message.providerId);
      return provider?.ownerAccountId === null && mayPassOn(message, outcomes, provider.passOnCodes, now);
    });
    if (leaving.length === 0) return NONE;
    const book = await this.providers.routes();
    const earlier = await this.earlierAttempts(leaving.map(({ flight }) => flight.message));
    return new Map(
      leaving.flatMap((one): [Landed, PassedOn][] => {
        const { message } = one.flight;
        const to = passTo(message, earlier.get(message.id) ?? [], candidatesFor(message, book, providers));
        return to ? [[one, { message, ...to }]] : [];
      }),
    );
  }

  /**
   * In the transaction that settles them, once they are back in the queue. Asks for all at once: what comes after it locks wallets. Whoever
   * calls opens their streams.
   */
  async carryOut(tx: Tx, passedOn: readonly PassedOn[], now: Date): Promise<void> {
    if (passedOn.length === 0) return;
    const changes = new ChangeTally();
    for (const { message, providerId } of passedOn)
      changes.move(message, { state: 'queued', chargeState: message.chargeState, providerId });
    await together(
      tx.query(MOVE_QUEUED, [
        passedOn.map(({ message }) => message.accountId),
        passedOn.map(({ message }) => message.id),
        passedOn.map(({ providerId }) => providerId),
        passedOn.map(({ sender }) => sender),
      ]),
      writeOutbox(tx, changes.events(), now),
    );
    tx.afterCommit(() => this.hints.queued(new Set(passedOn.map(({ providerId }) => providerId))));
  }

  /** By message; the first attempt of one has none before it. */
  private async earlierAttempts(messages: readonly ClaimedMessage[]): Promise<Map<string, EarlierAttempt[]>> {
    const again = messages.filter(({ attemptNo }) => attemptNo > 1);
    const found = new Map<string, EarlierAttempt[]>(again.map(({ id }) => [id, []]));
    if (again.length === 0) return found;
    const rows = await this.database.query<EarlierAttempt & { messageId: string }>(READ_EARLIER_ATTEMPTS, [
      again.map(({ accountId }) => accountId),
      again.map(({ id }) => id),
    ]);
    for (const { messageId, ...attempt } of rows) found.get(messageId)!.push(attempt);
    return found;
  }
}

/** Where the routes lead that can send now, best first. */
function candidatesFor(
  { recipient, lane }: ClaimedMessage,
  book: RouteBook,
  providers: ReadonlyMap<string, ProviderSnapshot>,
): ProviderSnapshot[] {
  const picked = book.pick(recipient, lane);
  if (!picked) return [];
  return [picked.providerId, ...picked.alternatives].flatMap((id) => {
    const provider = providers.get(id);
    return provider?.status === 'active' && !provider.isFailing ? [provider] : [];
  });
}
