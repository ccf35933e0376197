import { Backoff } from '../sending/backoff.js';
import type { ProviderReport, StatusAnswer, StatusQuery } from '../sms-provider.js';
import type { QueriedState } from './codec/pdu-reader.js';
import { MAX_MESSAGE_ID_BYTES, Status } from './codec/protocol.js';
import { readAbsoluteTime } from './codec/smpp-time.js';
import { answeredMessageId } from './message-id.js';
import { statusOfState } from './receipt.js';
import type { SmppSession } from './smpp-session.js';
import type { SmppSettings } from './smpp-settings.js';
import { WallClockZone } from './wall-clock-zone.js';

/** Pauses after a question that nobody answered: a peer may even hang up over a command that it does not know. */
const PAUSE_MIN_MS = 600_000;
const PAUSE_MAX_MS = 24 * 3_600_000;

/** How peers say that they have no such message, or none any more: the id is invalid, or the query failed. */
const KNOWS_NOTHING: readonly number[] = [Status.invalidMessageId, Status.queryFailed];

interface Answered {
  status: number;
  state: QueriedState | null;
}

/** Asks a peer with query_sm, one message at a time: it is never urgent, and takes a place that a message could have. */
export class StateAsker {
  private readonly zone: WallClockZone;
  private readonly backoff = new Backoff(PAUSE_MIN_MS, PAUSE_MAX_MS);
  /** Monotonic. */
  private pausedUntil = 0;
  private turn: Promise<unknown> = Promise.resolve();

  /** @param session of the bind that may be sent over; null: nothing can be asked now. */
  constructor(
    private readonly settings: SmppSettings,
    private readonly session: () => SmppSession | null,
    private readonly now: () => Date,
  ) {
    this.zone = new WallClockZone(settings.receiptZone);
  }

  /** Calls that overlap wait for each other. Never rejects. */
  ask(queries: readonly StatusQuery[]): Promise<StatusAnswer[]> {
    const answers = this.turn.then(() => this.askInTurn(queries));
    this.turn = answers;
    return answers;
  }

  /** Who does not answer one question is not asked the others. */
  private async askInTurn(queries: readonly StatusQuery[]): Promise<StatusAnswer[]> {
    const answers: StatusAnswer[] = [];
    let result: StatusAnswer['result'] = 'not_found';
    for (const query of queries) {
      if (result !== null) result = await this.askOne(query);
      answers.push({ clientReference: query.clientReference, result });
    }
    return answers;
  }

  private async askOne(query: StatusQuery): Promise<StatusAnswer['result']> {
    const id = answeredMessageId(this.settings.messageId, query.providerMessageId);
    const session = this.session();
    if (!session || session.freeSlots === 0 || performance.now() < this.pausedUntil) return null;
    if (id === '' || id.length > MAX_MESSAGE_ID_BYTES) return null;
    const answer = await answerTo(session, id);
    if (!answer || answer.status === Status.invalidCommand) {
      this.pausedUntil = performance.now() + this.backoff.next();
      return null;
    }
    this.backoff.reset();
    if (KNOWS_NOTHING.includes(answer.status)) return 'not_found';
    return answer.state && this.reportOf(answer.state, query);
  }

  /** Of what the peer itself calls unknown it says no more than that it has it; in a receipt that is the last word, here it may know later. */
  private reportOf(state: QueriedState, { clientReference, providerMessageId, to }: StatusQuery): ProviderReport {
    const known = statusOfState(state.state);
    const status = known === null || known === 'unknown' ? 'submitted' : known;
    const { finalDate, errorCode } = state;
    return {
      providerMessageId,
      clientReference,
      status,
      intermediate: status === 'submitted',
      errorCode: errorCode === 0 ? null : String(errorCode),
      doneAt: readAbsoluteTime(finalDate) ?? this.zone.read(finalDate),
      receivedAt: this.now(),
      to,
      raw: `query_sm_resp | message_id=${printable(state.messageId)} | final_date=${printable(finalDate)} | message_state=${state.state} | error_code=${errorCode}`,
    };
  }
}

/** Null: none came, or none could come any more. */
function answerTo(session: SmppSession, messageId: string): Promise<Answered | null> {
  return new Promise((resolve) =>
    session.query(messageId, {
      deadline: 0,
      answered: (status, state) => resolve({ status, state }),
      timedOut: () => resolve(null),
      lost: () => resolve(null),
      answeredLate: () => undefined,
    }),
  );
}

const printable = (text: string): string => text.replace(/[^ -~]/g, '.');
