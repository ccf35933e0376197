import { Injectable } from '@nestjs/common';
import { Secrets } from '../../config/secrets.js';
import { Database, type Tx } from '../../database/database.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import type { Locale } from '../../kernel/locale.js';
import { AccountsService } from '../accounts/index.js';
import { hashCode, newCode, sameBytes } from './credentials/secret-texts.js';
import { CODE_ATTEMPTS, CODE_MINUTES, codeStateOf, codeText, type CodePurpose } from './domain/verification.js';
import { COUNT_CODE_GUESS, USE_CODE } from './persistence/sql/count-code-guess.js';
import { VerificationSender } from './verification-sender.js';

export interface CodeRequest {
  purpose: CodePurpose;
  /** What the code proves: the registration, or the user. */
  subjectId: string;
  phone: string;
  locale: Locale;
}

/** Six-digit codes by SMS: ten minutes, five guesses, one use; stored as keyed hashes, never logged. */
@Injectable()
export class VerificationCodes {
  private readonly key: Buffer;

  constructor(
    private readonly database: Database,
    private readonly sender: VerificationSender,
    private readonly accounts: AccountsService,
    secrets: Secrets,
  ) {
    this.key = secrets.derive('verification-codes');
  }

  /** Makes a code, ends the ones before it, and queues its message in the same transaction. False: the message was refused. */
  async issue(tx: Tx, request: CodeRequest, now: Date): Promise<boolean> {
    const id = newId(now);
    const code = newCode();
    const expiresAt = new Date(now.getTime() + CODE_MINUTES * 60_000);
    await tx.query(
      `UPDATE verification_codes SET expires_at = $3
       WHERE subject_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3`,
      [request.subjectId, request.purpose, now],
    );
    await tx.query(
      `INSERT INTO verification_codes (id, purpose, subject_id, phone, code_hash, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [id, request.purpose, request.subjectId, request.phone, hashCode(this.key, id, code), now, expiresAt],
    );
    const platform = await this.accounts.get(await this.accounts.platformAccountId());
    return this.sender.send(tx, {
      codeId: id,
      phone: request.phone,
      locale: request.locale,
      text: codeText(request.purpose, request.locale, platform.name, code),
      validitySeconds: CODE_MINUTES * 60,
    });
  }

  /**
   * One guess at the latest code of a subject; counted and committed before it is compared. Resolves to the id of the code,
   * which {@link use} then spends. Refuses: invalid `code_wrong` (with `attemptsLeft`), `code_expired`, `code_used`,
   * `code_attempts_exceeded`.
   */
  async guess(purpose: CodePurpose, subjectId: string, code: string, now: Date): Promise<string> {
    const [counted] = await this.database.query<{ id: string; code_hash: Buffer; attempts: number }>(COUNT_CODE_GUESS, [
      subjectId,
      purpose,
      now,
      CODE_ATTEMPTS,
    ]);
    if (!counted) throw await this.refusal(purpose, subjectId, now);
    if (sameBytes(counted.code_hash, hashCode(this.key, counted.id, code))) return counted.id;
    throw new DomainError('invalid', 'code_wrong', { extension: { attemptsLeft: CODE_ATTEMPTS - counted.attempts } });
  }

  /** Spends a code that was guessed right, with what it opens. Somebody was faster: invalid `code_used`. */
  async use(tx: Tx, codeId: string, now: Date): Promise<void> {
    const [used] = await tx.query(USE_CODE, [codeId, now]);
    if (!used) throw new DomainError('invalid', 'code_used');
  }

  private async refusal(purpose: CodePurpose, subjectId: string, now: Date): Promise<DomainError> {
    const [row] = await this.database.query<{ attempts: number; expires_at: Date; used_at: Date | null }>(
      `SELECT attempts, expires_at, used_at FROM verification_codes
       WHERE subject_id = $1 AND purpose = $2 ORDER BY expires_at DESC, id DESC LIMIT 1`,
      [subjectId, purpose],
    );
    if (!row) return new DomainError('invalid', 'code_expired');
    const state = codeStateOf({ attempts: row.attempts, expiresAt: row.expires_at, usedAt: row.used_at }, now);
    if (state === 'used') return new DomainError('invalid', 'code_used');
    if (state === 'expired') return new DomainError('invalid', 'code_expired');
    return new DomainError('invalid', 'code_attempts_exceeded');
  }
}
