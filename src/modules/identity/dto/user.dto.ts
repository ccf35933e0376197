import { ApiProperty } from '@nestjs/swagger';
import { ArrayUnique, IsArray, IsEmail, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { IsLine, IsNullable, IsOmittable } from '../../../gateway/index.js';
import { LOCALES, type Locale } from '../../../kernel/locale.js';
import { permissionsOf, type Role, ROLES, TENANT_PERMISSIONS } from '../domain/permissions.js';
import type { UserRow, UserStatus } from '../persistence/users.repository.js';
import { IsLogin } from './validators.js';

export class CreateUserDto {
  /** @example "boris" */
  @IsLogin()
  login: string;

  @IsOmittable()
  @IsLine(200)
  name?: string;

  /** Where reports go. */
  @IsEmail()
  @MaxLength(254)
  email: string;

  @IsIn(ROLES)
  role: Role;

  /** Instead of what the role gives; not for owners, who have every right. */
  @IsOmittable()
  @IsArray()
  @ArrayUnique()
  @IsIn(TENANT_PERMISSIONS, { each: true, context: { code: 'unknown_permission' } })
  permissions?: string[];

  /** Absent: the account's language. */
  @IsOmittable()
  @IsIn(LOCALES)
  locale?: Locale;
}

export class UpdateUserDto {
  @IsOmittable()
  @IsLine(200)
  name?: string;

  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @IsOmittable()
  @IsIn(ROLES)
  role?: Role;

  /** null: what the role gives. */
  @IsNullable()
  @IsArray()
  @ArrayUnique()
  @IsIn(TENANT_PERMISSIONS, { each: true, context: { code: 'unknown_permission' } })
  permissions?: string[] | null;

  /** `disabled` ends the user's sessions at once. */
  @IsOmittable()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

export class UserDto {
  id: string;
  login: string;
  name: string | null;
  email: string;
  /** E.164 digits. */
  phone: string | null;
  locale: Locale;
  role: Role;
  status: UserStatus;
  /** The rights in force. */
  permissions: string[];
  /** Whether the list was set for this user; otherwise the role gives it. */
  ownPermissions: boolean;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSignInAt: string | null;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: String, format: 'date-time' })
  updatedAt: string;

  static of(this: void, row: UserRow): UserDto {
    return {
      id: row.id,
      login: row.login,
      name: row.name,
      email: row.email,
      phone: row.phone,
      locale: row.locale,
      role: row.role,
      status: row.status,
      permissions: [...permissionsOf(row.role, row.permissions)].sort(),
      ownPermissions: row.permissions !== null,
      lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

export class InvitedUserDto {
  user: UserDto;

  /** Shown once. Hand it to the person, who chooses a password with it at `/v1/invitations/accept`. */
  invitationToken: string;

  @ApiProperty({ type: String, format: 'date-time' })
  invitationExpiresAt: string;
}

export class AcceptInvitationDto {
  @IsString()
  @Length(10, 200)
  token: string;

  /** 10 to 128 characters. */
  @IsString()
  @MaxLength(200)
  password: string;
}

export class AcceptedInvitationDto {
  accountId: string;
  userId: string;
  login: string;
}

export class UpdateMeDto {
  @IsOmittable()
  @IsLine(200)
  name?: string;

  /** Where reports go. */
  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @IsOmittable()
  @IsIn(LOCALES)
  locale?: Locale;
}

export class ChangePasswordDto {
  @IsString()
  @MaxLength(200)
  currentPassword: string;

  /** 10 to 128 characters. */
  @IsString()
  @MaxLength(200)
  newPassword: string;
}

export class MeDto {
  kind: 'user' | 'api_key';
  id: string;
  accountId: string;
  /** `sandbox` keys are marked as such; see the documentation of API keys. */
  mode: 'live' | 'sandbox';
  /** The rights in force: what a portal shows and hides. */
  permissions: string[];
  /** Why rights are missing for now, such as `account_suspended`. */
  restriction: string | null;
  /** Absent for API keys. */
  user?: UserDto;
}

export class UserPageDto {
  @ApiProperty({ type: [UserDto] })
  data: UserDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
