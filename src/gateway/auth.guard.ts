import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '../kernel/domain-error.js';
import { ACCESS, type Access } from './access.decorators.js';
import { negotiateLocale } from './locale.js';
import { Authenticator, type GatewayRequest, mayDo, type Principal } from './principal.js';

/** Global guard. Fails closed: a route without a declared access answers 403 to everybody. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GatewayRequest>();
    request.locale = negotiateLocale(request.headers['accept-language']);
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!access) throw new DomainError('forbidden', 'access_not_declared');
    if (access.kind === 'public') return true;
    const principal = await this.authenticator.authenticate(request);
    if (!principal) throw new DomainError('unauthenticated', 'credentials_required');
    request.principal = principal;
    assertAllowed(principal, access);
    return true;
  }
}

function assertAllowed(principal: Principal, access: Exclude<Access, { kind: 'public' }>): void {
  if (access.kind === 'staff' && principal.kind !== 'staff') throw new DomainError('forbidden', 'staff_only');
  if (access.kind !== 'staff' && principal.kind === 'staff') throw new DomainError('forbidden', 'tenant_only');
  if (access.kind === 'tenant' && !principal.accountId) throw new DomainError('forbidden', 'account_required');
  if (access.kind === 'portal' && (principal.kind !== 'api_key' || !principal.portalId))
    throw new DomainError('forbidden', 'portal_only');
  if (access.permission === null || mayDo(principal, access.permission)) return;
  if (principal.restriction) throw new DomainError('forbidden', principal.restriction);
  throw new DomainError('forbidden', 'permission_missing', { params: { permission: access.permission } });
}
