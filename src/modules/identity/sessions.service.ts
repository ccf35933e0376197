import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { Clock } from '../../kernel/clock.js';
import { DomainError } from '../../kernel/domain-error.js';
import { newId } from '../../kernel/ids.js';
import { ACCESS_TOKEN_SECONDS, AccessTokens, type TokenSubject } from './credentials/access-tokens.js';
import { hashSecret, newSecret } from './credentials/secret-texts.js';
import { REVOKE_SESSION, REVOKE_SESSIONS_OF, USE_REFRESH_TOKEN } from './persistence/sql/use-refresh-token.js';

const REFRESH_DAYS = 30;
const SESSION_DAYS = 90;
const DAY_MS = 86_400_000;

export interface TokenPair {
  accessToken: string;
  /** Seconds. */
  expiresIn: number;
  refreshToken: string;
  refreshExpiresAt: Date;
}

export type RevokedReason = 'logout' | 'logout_all' | 'token_reuse' | 'password_changed' | 'disabled';

interface SessionRow {
  session_id: string;
  subject_kind: 'user' | 'staff';
  subject_id: string;
  account_id: string | null;
  expires_at: Date;
}

/**
 * Sessions of people. A session is a family of refresh tokens: each is used once and replaced by the next. A token that comes
 * a second time has been copied, so the whole family ends, whoever holds it.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly tokens: AccessTokens,
  ) {}

  async open(tx: Tx, subject: Omit<TokenSubject, 'sessionId'>): Promise<TokenPair> {
    const now = this.clock.now();
    const sessionId = newId(now);
    const expiresAt = new Date(now.getTime() + SESSION_DAYS * DAY_MS);
    await tx.query(
      `INSERT INTO sessions (id, subject_kind, subject_id, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [sessionId, subject.kind, subject.id, subject.accountId, now, expiresAt],
    );
    return this.nextPair(tx, { ...subject, sessionId }, expiresAt, now);
  }

  /** Exchanges a refresh token. Refuses: unauthenticated `refresh_token_invalid`, or `refresh_token_reused` after ending the family. */
  async refresh(refreshToken: string, kind: TokenSubject['kind']): Promise<TokenPair> {
    const now = this.clock.now();
    const hash = hashSecret(refreshToken);
    const pair = await this.database.transaction(async (tx) => {
      const [session] = await tx.query<SessionRow>(USE_REFRESH_TOKEN, [hash, now, kind]);
      return session ? this.nextPair(tx, toSubject(session), session.expires_at, now) : null;
    });
    return pair ?? this.refuse(hash, now);
  }

  /** Ends one session. The access tokens of it stop working at once, as they are checked against it. */
  async end(sessionId: string): Promise<void> {
    await this.database.query(REVOKE_SESSION, [sessionId, this.clock.now(), 'logout' satisfies RevokedReason]);
  }

  /** Ends all sessions of a user or operator but `exceptSessionId`, in the transaction of what makes it necessary. */
  async endAll(tx: Tx, subjectId: string, reason: RevokedReason, exceptSessionId: string | null = null): Promise<void> {
    await tx.query(REVOKE_SESSIONS_OF, [subjectId, exceptSessionId, this.clock.now(), reason]);
  }

  private async nextPair(tx: Tx, subject: TokenSubject, sessionExpiresAt: Date, now: Date): Promise<TokenPair> {
    const refreshToken = newSecret('kbr_');
    const refreshExpiresAt = new Date(Math.min(now.getTime() + REFRESH_DAYS * DAY_MS, sessionExpiresAt.getTime()));
    await tx.query(
      `INSERT INTO refresh_tokens (token_hash, session_id, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
      [hashSecret(refreshToken), subject.sessionId, now, refreshExpiresAt],
    );
    const accessToken = await this.tokens.sign(subject);
    return { accessToken, expiresIn: ACCESS_TOKEN_SECONDS, refreshToken, refreshExpiresAt };
  }

  /** Tells a token that was used before from one that never was good; the first ends its family, and that is committed. */
  private async refuse(hash: Buffer, now: Date): Promise<never> {
    const [spent] = await this.database.query<{ session_id: string }>(
      `SELECT session_id FROM refresh_tokens WHERE token_hash = $1 AND used_at IS NOT NULL`,
      [hash],
    );
    if (!spent) throw new DomainError('unauthenticated', 'refresh_token_invalid');
    await this.database.query(REVOKE_SESSION, [spent.session_id, now, 'token_reuse' satisfies RevokedReason]);
    throw new DomainError('unauthenticated', 'refresh_token_reused');
  }
}

function toSubject(row: SessionRow): TokenSubject {
  return { kind: row.subject_kind, id: row.subject_id, accountId: row.account_id, sessionId: row.session_id };
}
