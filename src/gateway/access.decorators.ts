import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { DomainError } from '../kernel/domain-error.js';
import type { GatewayRequest, Principal } from './principal.js';

export const ACCESS = Symbol('access');

/** What a route asks of its caller. A route that declares nothing is closed to everybody. */
export type Access =
  | { kind: 'public' }
  /** `permission: null`: whoever is signed in. */
  | { kind: 'tenant' | 'staff'; permission: string | null }
  | { kind: 'portal'; permission: string };

type Decorator = MethodDecorator & ClassDecorator;

const declare = (access: Access): Decorator => {
  const documented = access.kind === 'public' ? [] : [ApiBearerAuth(access.kind === 'staff' ? 'staff' : 'tenant')];
  return applyDecorators(SetMetadata(ACCESS, access), ...documented);
};

/** No credentials needed: registration, sign-in, callbacks with a token of their own, health. */
export const Public = (): Decorator => declare({ kind: 'public' });

/** A user or API key that acts for an account and holds `permission`. */
export const RequirePermission = (permission: string): Decorator => declare({ kind: 'tenant', permission });

/** The operator's staff, with `permission`. */
export const Staff = (permission: string): Decorator => declare({ kind: 'staff', permission });

/** Any user or API key of an account, whatever its rights: what is about the caller alone (profile, password, sessions). */
export const SignedIn = (): Decorator => declare({ kind: 'tenant', permission: null });

/** Any of the operator's staff: what is about the caller alone. */
export const SignedInStaff = (): Decorator => declare({ kind: 'staff', permission: null });

/** A portal's API key with `permission`, whether or not it names one of the portal's accounts. */
export const PortalKey = (permission: string): Decorator => declare({ kind: 'portal', permission });

function principalOf(context: ExecutionContext): Principal {
  const { principal } = context.switchToHttp().getRequest<GatewayRequest>();
  if (!principal) throw new DomainError('unauthenticated', 'credentials_required');
  return principal;
}

/** The caller. */
export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext): Principal =>
  principalOf(context),
);

/** Id of the account that the caller acts for: the first key of every tenant query. */
export const CurrentAccount = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { accountId } = principalOf(context);
  if (!accountId) throw new DomainError('forbidden', 'account_required');
  return accountId;
});

/** Id of the portal whose key is calling; for {@link PortalKey} routes. */
export const CurrentPortal = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { portalId } = principalOf(context);
  if (!portalId) throw new DomainError('forbidden', 'portal_only');
  return portalId;
});

/** The caller's language, from `Accept-Language`. */
export const CurrentLocale = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<GatewayRequest>().locale ?? 'en',
);
