import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { Secrets } from '../../config/secrets.js';
import { Authenticator } from '../../gateway/index.js';
import { AccountsModule } from '../accounts/index.js';
import { AccountUsersAdminController } from './account-users.admin.controller.js';
import { ChangePassword } from './actions/change-password.js';
import { ManageApiKeys } from './actions/manage-api-keys.js';
import { ManageStaff } from './actions/manage-staff.js';
import { ManageUsers } from './actions/manage-users.js';
import { Register } from './actions/register.js';
import { SignIn } from './actions/sign-in.js';
import { VerifyRegistration } from './actions/verify-registration.js';
import { ApiKeyring } from './api-keyring.js';
import { ApiKeysController } from './api-keys.controller.js';
import { IdentityAuthenticator } from './authenticator.js';
import { CapsService } from './caps.service.js';
import { AccessTokens } from './credentials/access-tokens.js';
import { FirstOperator } from './first-operator.js';
import './identity.errors.js';
import { IdentityHousekeeping } from './jobs/housekeeping.job.js';
import { MeController } from './me.controller.js';
import { ApiKeysRepository } from './persistence/api-keys.repository.js';
import { RegistrationsRepository } from './persistence/registrations.repository.js';
import { StaffRepository } from './persistence/staff.repository.js';
import { UsersRepository } from './persistence/users.repository.js';
import { PortalKeysAdminController } from './portal-keys.admin.controller.js';
import { RegistrationsController } from './registrations.controller.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { StaffAdminController } from './staff.admin.controller.js';
import { UsersController } from './users.controller.js';
import { VerificationCodes } from './verification-codes.service.js';

const CONTROLLERS = [
  RegistrationsController,
  SessionsController,
  MeController,
  UsersController,
  ApiKeysController,
  StaffAdminController,
  AccountUsersAdminController,
  PortalKeysAdminController,
];

@Module({})
export class IdentityModule {
  /** `imports` must provide the {@link VerificationSender} port; Database, Clock, Env and Secrets come from global modules. */
  static forRoot({ imports }: { imports: (Type | DynamicModule)[] }): DynamicModule {
    return {
      module: IdentityModule,
      imports: [
        AccountsModule,
        JwtModule.registerAsync({
          inject: [Secrets],
          useFactory: ({ signingKey }: Secrets) => ({ secret: signingKey }),
        }),
        ...imports,
      ],
      controllers: CONTROLLERS,
      providers: [
        { provide: Authenticator, useClass: IdentityAuthenticator },
        AccessTokens,
        ApiKeyring,
        ApiKeysRepository,
        CapsService,
        ChangePassword,
        FirstOperator,
        IdentityHousekeeping,
        ManageApiKeys,
        ManageStaff,
        ManageUsers,
        Register,
        RegistrationsRepository,
        SessionsService,
        SignIn,
        StaffRepository,
        UsersRepository,
        VerificationCodes,
        VerifyRegistration,
      ],
      exports: [Authenticator, FirstOperator, IdentityHousekeeping, ManageStaff],
    };
  }
}
