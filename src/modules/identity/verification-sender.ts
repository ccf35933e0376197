import type { Tx } from '../../database/database.js';
import type { Locale } from '../../kernel/locale.js';

export interface VerificationMessage {
  /** Id of the code: the message's own reference, so that one code is one message. */
  codeId: string;
  /** E.164 digits. */
  phone: string;
  locale: Locale;
  /** Holds the code. Never log it. */
  text: string;
  /** Seconds after which the message is worth nothing. */
  validitySeconds: number;
}

/**
 * Port: sends a code by SMS, in the one-time-code lane and paid by the platform account. An entry point wires it to
 * messages. It only queues, inside the transaction that stores the code, so that there is a message exactly when there is a
 * code. Resolves to false when the message was refused (no route, no funds): the caller is told to try later.
 */
export abstract class VerificationSender {
  abstract send(tx: Tx, message: VerificationMessage): Promise<boolean>;
}
