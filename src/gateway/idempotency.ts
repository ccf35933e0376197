import { expectFew } from '../database/expect-few.js';
import { hash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Database, type Statement, type Tx } from '../database/database.js';
import { Clock } from '../kernel/clock.js';
import { DomainError } from '../kernel/domain-error.js';
import type { GatewayRequest } from './principal.js';

/** A key as one caller sent it, scoped to account and route. */
export interface IdempotencyClaim {
  accountId: string;
  route: string;
  key: string;
  bodyHash: Buffer;
}

/** What a finished key answers again, letter by letter. */
export interface StoredAnswer {
  status: number;
  /** The body as it is sent. */
  json: string;
}

export type ClaimOutcome =
  | { kind: 'fresh' }
  | { kind: 'replay'; answer: StoredAnswer }
  | { kind: 'reused' }
  | { kind: 'running' };

/** A handler's answer that came, or may come again, from a stored key. `T` is what stands in it, for the documentation. */
export class IdempotentReply<T> {
  declare readonly body: T;

  constructor(
    readonly answer: StoredAnswer,
    readonly replayed: boolean,
  ) {}
}

const TRY_LOCK_AND_FIND: Statement = {
  name: 'gateway.claim-idempotency-keys',
  text: `
    SELECT pg_try_advisory_xact_lock(hashtextextended(c.account_id || ' ' || c.route || ' ' || c.key, 0)) AS locked,
           k.status, k.response, k.body_hash
    FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS c(account_id, route, key, n)
    LEFT JOIN idempotency_keys k ON k.account_id = c.account_id AND k.route = c.route AND k.key = c.key
    WHERE ${expectFew('c.account_id')}
    ORDER BY c.n`,
};

/** The answers stand one behind the other in $8, each from $6 on for $7 bytes: as elements of an array every quote in them would be escaped. */
const STORE: Statement = {
  name: 'gateway.store-idempotency-keys',
  text: `
    INSERT INTO idempotency_keys (account_id, route, key, body_hash, status, response, created_at)
    SELECT a, r, k, h, s, convert_from(substring($8::bytea FROM f FOR n), 'UTF8'), $9
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::int[], $7::int[]) AS t(a, r, k, h, s, f, n)
    WHERE ${expectFew('t.a')}`,
};

/**
 * Idempotency keys. A key is claimed with a non-blocking lock, so that a duplicate that is still running is answered 409 at
 * once and never makes a shared transaction wait; the answer is stored in the same transaction as the effect.
 */
@Injectable()
export class IdempotencyService {
  private readonly inFlight = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Marks a key as running in this process. Call the returned function when the request is over. Throws `idempotency_key_running`. */
  enter(claim: IdempotencyClaim): () => void {
    const id = `${claim.accountId} ${claim.route} ${claim.key}`;
    if (this.inFlight.has(id)) throw idempotencyRunning();
    this.inFlight.add(id);
    return () => this.inFlight.delete(id);
  }

  /** Locks and looks up keys for the length of the transaction, in the order given. One statement. */
  async claim(tx: Tx, claims: readonly IdempotencyClaim[]): Promise<ClaimOutcome[]> {
    if (claims.length === 0) return [];
    const rows = await tx.query<{
      locked: boolean;
      status: number | null;
      response: string;
      body_hash: Buffer | null;
    }>(TRY_LOCK_AND_FIND, [
      claims.map(({ accountId }) => accountId),
      claims.map(({ route }) => route),
      claims.map(({ key }) => key),
    ]);
    return rows.map((row, index): ClaimOutcome => {
      if (row.body_hash && row.status !== null) {
        if (!row.body_hash.equals(claims[index]!.bodyHash)) return { kind: 'reused' };
        return { kind: 'replay', answer: { status: row.status, json: row.response } };
      }
      return row.locked ? { kind: 'fresh' } : { kind: 'running' };
    });
  }

  /** Stores answers with the effect. A key that somebody else finished meanwhile fails the transaction (unique violation). */
  async store(tx: Tx, answers: readonly (StoredAnswer & { claim: IdempotencyClaim })[], now: Date): Promise<void> {
    if (answers.length === 0) return;
    const bodies = answers.map(({ json }) => Buffer.from(json));
    let end = 1;
    await tx.query(STORE, [
      answers.map(({ claim }) => claim.accountId),
      answers.map(({ claim }) => claim.route),
      answers.map(({ claim }) => claim.key),
      answers.map(({ claim }) => claim.bodyHash),
      answers.map(({ status }) => status),
      bodies.map(({ length }) => (end += length) - length),
      bodies.map(({ length }) => length),
      Buffer.concat(bodies),
      now,
    ]);
  }

  /** Runs `work` once for a key, in one transaction with the stored answer. Errors store nothing. */
  async execute<T>(claim: IdempotencyClaim, status: number, work: (tx: Tx) => Promise<T>): Promise<IdempotentReply<T>> {
    const leave = this.enter(claim);
    try {
      return await this.database.transaction(async (tx) => {
        const [outcome] = await this.claim(tx, [claim]);
        const replayed = replayOrThrow<T>(outcome!);
        if (replayed) return replayed;
        const answer = { status, json: JSON.stringify((await work(tx)) ?? null) };
        await this.store(tx, [{ claim, ...answer }], this.clock.now());
        return new IdempotentReply<T>(answer, false);
      });
    } catch (error) {
      if (isUniqueViolation(error, 'idempotency_keys_pk')) throw idempotencyRunning();
      throw error;
    } finally {
      leave();
    }
  }
}

/** The stored answer, or undefined for a fresh key; throws for a reused or running one. */
export function replayOrThrow<T>(outcome: ClaimOutcome): IdempotentReply<T> | undefined {
  if (outcome.kind === 'reused') throw new DomainError('invalid', 'idempotency_key_reused');
  if (outcome.kind === 'running') throw idempotencyRunning();
  if (outcome.kind === 'replay') return new IdempotentReply<T>(outcome.answer, true);
  return undefined;
}

function idempotencyRunning(): DomainError {
  return new DomainError('conflict', 'idempotency_key_running', { retryAfterSeconds: 1 });
}

/** True when PostgreSQL refused a row for that unique constraint or index. */
export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === '23505' &&
    'constraint' in error &&
    error.constraint === constraint
  );
}

/** True when PostgreSQL refused to remove a row that others point to, or to point to one that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  // 23001 is what PostgreSQL 18 says of a row that is still pointed to.
  return typeof error === 'object' && error !== null && 'code' in error && /^23(503|001)$/.test(String(error.code));
}

/** Hash of a JSON value that does not depend on the order of its keys. */
export function hashBody(body: unknown): Buffer {
  return hash('sha256', JSON.stringify(inKeyOrder(body)) ?? 'null', 'buffer');
}

/**
 * The value itself where all keys stand in order already, as they mostly do: the engine writes it faster than any code of ours.
 * Each member is looked at once, however deep it lies.
 */
function inKeyOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return membersInKeyOrder(value as Record<string, unknown>);
  const elements = value.map(inKeyOrder);
  return elements.every((element, at) => element === value[at]) ? value : elements;
}

function membersInKeyOrder(object: Record<string, unknown>): Record<string, unknown> {
  const keys = Object.keys(object);
  const members = keys.map((key) => inKeyOrder(object[key]));
  if (keys.every((key, at) => (at === 0 || keys[at - 1]! < key) && members[at] === object[key])) return object;
  const byKey = new Map(keys.map((key, at) => [key, members[at]]));
  // Without a prototype: nothing that somebody names `__proto__` is lost.
  const ordered = Object.create(null) as Record<string, unknown>;
  for (const key of keys.sort()) ordered[key] = byKey.get(key);
  return ordered;
}

/** The caller's `Idempotency-Key` with account, route and body; refuses a request without one. */
export const Idempotency = createParamDecorator((_: unknown, context: ExecutionContext): IdempotencyClaim => {
  const request = context.switchToHttp().getRequest<GatewayRequest>();
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < 1 || key.length > 255)
    throw new DomainError('invalid', 'idempotency_key_required');
  const accountId = request.principal?.accountId ?? (request.params as { accountId?: string }).accountId;
  if (!accountId) throw new DomainError('forbidden', 'account_required');
  return {
    accountId,
    route: `${request.method} ${request.routeOptions.url ?? request.url}`,
    key,
    bodyHash: hashBody([request.params, request.body]),
  };
});

/**
 * Unwraps {@link IdempotentReply} before an answer is written: status, body and `Idempotency-Replayed`. No interceptor: one alone
 * makes every request of every route pass through half a dozen observables.
 */
export function unwrapIdempotentReply(reply: FastifyReply, payload: unknown): unknown {
  if (!(payload instanceof IdempotentReply)) return payload;
  reply.status(payload.answer.status);
  if (payload.replayed) reply.header('idempotency-replayed', 'true');
  reply.serializer(asItIs);
  return payload.answer.json;
}

const asItIs = (json: string) => json;
