import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { Env } from '../config/env.js';
import { Clock, SystemClock } from '../kernel/clock.js';
import { AuthGuard } from './auth.guard.js';
import { IdempotencyService } from './idempotency.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { createValidationPipe } from './validation.pipe.js';

/** What every request meets. `imports` must provide the {@link Authenticator} port. */
@Global()
@Module({})
export class GatewayModule {
  static forRoot({ imports }: { imports: (Type | DynamicModule)[] }): DynamicModule {
    return {
      module: GatewayModule,
      imports,
      providers: [
        { provide: Clock, inject: [Env], useFactory: (env: Env) => new SystemClock(env.CLOCK_SHIFT_SECONDS * 1_000) },
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: createValidationPipe },
        IdempotencyService,
      ],
      exports: [IdempotencyService, Clock],
    };
  }
}
