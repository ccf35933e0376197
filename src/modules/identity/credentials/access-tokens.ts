import { createSecretKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { Secrets } from '../../../config/secrets.js';
import type { GatewayRequest } from '../../../gateway/index.js';
import { Clock } from '../../../kernel/clock.js';
import { DomainError } from '../../../kernel/domain-error.js';

export const ACCESS_TOKEN_SECONDS = 15 * 60;
const ISSUER = 'kabinet';
const AUDIENCE = { user: 'kabinet:accounts', staff: 'kabinet:staff' } as const;

/** What an access token says. Rights are not in it: they are read with every request. */
export interface TokenSubject {
  kind: 'user' | 'staff';
  id: string;
  sessionId: string;
  /** Null for staff. */
  accountId: string | null;
}

interface Claims {
  sub: string;
  sid: string;
  acc?: string;
  aud: string;
  iat: number;
  exp: number;
}

/** Access tokens: JWT, HS256 and nothing else, 15 minutes, one audience for users and another for staff. */
@Injectable()
export class AccessTokens {
  private readonly strategy: Strategy;

  constructor(
    private readonly jwt: JwtService,
    private readonly clock: Clock,
    secrets: Secrets,
  ) {
    const key = createSecretKey(secrets.signingKey);
    this.strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        // A key object, which the types of this strategy do not know yet: bytes would with every request be tried as a public
        // key first, at most of a millisecond.
        secretOrKey: key as unknown as Buffer,
        algorithms: ['HS256'],
        issuer: ISSUER,
        audience: Object.values(AUDIENCE),
        // The product's own clock decides, below.
        ignoreExpiration: true,
      },
      (claims: Claims, done: (error: unknown, subject?: TokenSubject | false) => void) => {
        try {
          done(null, this.toSubject(claims));
        } catch (error) {
          done(error);
        }
      },
    );
  }

  sign(subject: TokenSubject): Promise<string> {
    const iat = Math.floor(this.clock.now().getTime() / 1_000);
    const claims: Omit<Claims, 'aud'> = {
      sub: subject.id,
      sid: subject.sessionId,
      ...(subject.accountId && { acc: subject.accountId }),
      iat,
      exp: iat + ACCESS_TOKEN_SECONDS,
    };
    return this.jwt.signAsync(claims, { algorithm: 'HS256', issuer: ISSUER, audience: AUDIENCE[subject.kind] });
  }

  /** Checks the bearer token of a request. Refuses: unauthenticated `token_expired` or `token_invalid`. */
  verify(request: GatewayRequest): Promise<TokenSubject> {
    return new Promise((resolve, reject) => {
      // Passport's own way to run a strategy: a copy per request that is told what becomes of it.
      const attempt = Object.create(this.strategy) as Strategy;
      attempt.success = (subject: unknown) => resolve(subject as TokenSubject);
      attempt.fail = () => reject(tokenInvalid());
      attempt.error = reject;
      attempt.authenticate(request as never, {});
    });
  }

  private toSubject(claims: Claims): TokenSubject {
    const kind = claims.aud === AUDIENCE.staff ? 'staff' : claims.aud === AUDIENCE.user ? 'user' : undefined;
    const complete = typeof claims.sub === 'string' && typeof claims.sid === 'string' && Number.isInteger(claims.exp);
    if (!kind || !complete || (kind === 'user') !== (typeof claims.acc === 'string')) throw tokenInvalid();
    if (claims.exp * 1_000 <= this.clock.now().getTime()) throw new DomainError('unauthenticated', 'token_expired');
    return { kind, id: claims.sub, sessionId: claims.sid, accountId: claims.acc ?? null };
  }
}

function tokenInvalid(): DomainError {
  return new DomainError('unauthenticated', 'token_invalid');
}
