import { ApiProperty } from '@nestjs/swagger';
import { IsEmail, IsIn, IsString, MaxLength } from 'class-validator';
import { IsLine, IsOmittable } from '../../../gateway/index.js';
import { type StaffRole, STAFF_ROLES } from '../domain/permissions.js';
import type { StaffRow } from '../persistence/staff.repository.js';
import { IsLogin } from './validators.js';

export class CreateStaffDto {
  @IsLogin()
  login: string;

  /** 10 to 128 characters; to be changed by its owner. */
  @IsString()
  @MaxLength(200)
  password: string;

  @IsLine(200)
  name: string;

  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @IsIn(STAFF_ROLES)
  role: StaffRole;
}

export class UpdateStaffDto {
  @IsOmittable()
  @IsLine(200)
  name?: string;

  @IsOmittable()
  @IsEmail()
  @MaxLength(254)
  email?: string;

  @IsOmittable()
  @IsIn(STAFF_ROLES)
  role?: StaffRole;

  @IsOmittable()
  @IsIn(['active', 'disabled'])
  status?: 'active' | 'disabled';
}

export class StaffDto {
  id: string;
  login: string;
  name: string;
  email: string | null;
  role: StaffRole;
  status: 'active' | 'disabled';
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSignInAt: string | null;
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;

  static of(this: void, row: StaffRow): StaffDto {
    return {
      id: row.id,
      login: row.login,
      name: row.name,
      email: row.email,
      role: row.role,
      status: row.status,
      lastSignInAt: row.last_sign_in_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    };
  }
}

export class StaffMeDto extends StaffDto {
  /** Patterns such as `*`, `payments:*` or `*:read`. */
  permissions: string[];
}

export class StaffPageDto {
  @ApiProperty({ type: [StaffDto] })
  data: StaffDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
