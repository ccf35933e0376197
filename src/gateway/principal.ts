import type { FastifyRequest } from 'fastify';
import type { Locale } from './locale.js';

/** Who is calling, as the guard established it. */
export interface Principal {
  kind: 'user' | 'api_key' | 'staff';
  /** Id of the user, API key or staff member. */
  id: string;
  /** The account that is acted for; null for staff, and for a portal's key that names none. */
  accountId: string | null;
  portalId: string | null;
  /** `<resource>:<verb>`; `*` stands for all. */
  permissions: ReadonlySet<string>;
  mode: 'live' | 'sandbox';
  /** Why rights are missing for now, such as `account_suspended`: the code of the refusal. */
  restriction?: string;
  /** The session of a person; absent for API keys. */
  sessionId?: string;
}

/** Who did something, as audit trails record it. */
export interface Actor {
  kind: 'user' | 'api_key' | 'staff' | 'system';
  id: string | null;
}

export const SYSTEM_ACTOR: Actor = { kind: 'system', id: null };

export function actorOf(principal: Principal): Actor {
  return { kind: principal.kind, id: principal.id };
}

export function mayDo(principal: Principal, permission: string): boolean {
  return principal.permissions.has(permission) || principal.permissions.has('*');
}

/** What the gateway adds to a Fastify request. */
export interface GatewayRequest extends FastifyRequest {
  principal?: Principal;
  locale?: Locale;
}

/**
 * Port: turns the credentials of a request into a principal. `identity` implements it. Resolves to null when there are no
 * credentials at all; throws a DomainError `unauthenticated` when there are some that do not hold.
 */
export abstract class Authenticator {
  abstract authenticate(request: GatewayRequest): Promise<Principal | null>;
}
