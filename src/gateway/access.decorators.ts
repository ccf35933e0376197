import { applyDecorators, createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { DomainError } from '../kernel/domain-error.js';
import type { GatewayRequest, Principal } from './principal.js';

export const ACCESS = Symbol('access');

/** What a route asks of its caller. A route that declares nothing is closed to everybody. */
export type Access =
  { kind: 'public' } | { kind: 'tenant'; permission: string } | { kind: 'staff'; permission: string };

type Decorator = MethodDecorator & ClassDecorator;

const declare = (access: Access): Decorator => {
  const documented = access.kind === 'public' ? [] : [ApiBearerAuth(access.kind)];
  return applyDecorators(SetMetadata(ACCESS, access), ...documented);
};

/** No credentials needed: registration, sign-in, callbacks with a token of their own, health. */
export const Public = (): Decorator => declare({ kind: 'public' });

/** A user or API key that acts for an account and holds `permission`. */
export const RequirePermission = (permission: string): Decorator => declare({ kind: 'tenant', permission });

/** The operator's staff, with `permission`. */
export const Staff = (permission: string): Decorator => declare({ kind: 'staff', permission });

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

/** The caller's language, from `Accept-Language`. */
export const CurrentLocale = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<GatewayRequest>().locale ?? 'en',
);
