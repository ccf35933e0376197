import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { IsInstant, IsLine, IsOmittable } from '../../../gateway/index.js';
import { parseInstant } from '../../../kernel/time-window.js';
import type { NewKey } from '../actions/manage-api-keys.js';
import type { KeyMode } from '../credentials/secret-texts.js';
import { PORTAL_PERMISSIONS, TENANT_PERMISSIONS } from '../domain/permissions.js';
import type { ApiKeyRow } from '../persistence/api-keys.repository.js';
import { AreAddressRanges } from './validators.js';

export class CreateKeyDto {
  /** @example "production server" */
  @IsLine(100)
  name: string;

  /** Sandbox keys are told apart by their prefix and mode. */
  @IsOmittable()
  @IsIn(['live', 'sandbox'])
  mode?: KeyMode;

  /**
   * Addresses and CIDR ranges from which the key may be used; absent or empty: from everywhere.
   * @example ["203.0.113.7", "2001:db8::/48"]
   */
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(50)
  @AreAddressRanges()
  allowedAddresses?: string[];

  /** Absent: until it is revoked. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  @IsOmittable()
  @IsInstant()
  expiresAt?: string;
}

export class CreateApiKeyDto extends CreateKeyDto {
  /** @example ["messages:send", "messages:read"] */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(TENANT_PERMISSIONS, { each: true, context: { code: 'unknown_permission' } })
  scopes: string[];
}

export class CreatePortalKeyDto extends CreateKeyDto {
  /**
   * Rights within the accounts of the portal, and `accounts:*` to list and open them.
   * @example ["accounts:write", "messages:send", "messages:read"]
   */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn([...TENANT_PERMISSIONS, ...PORTAL_PERMISSIONS], { each: true, context: { code: 'unknown_permission' } })
  scopes: string[];
}

/** What a body asks for; its instant was checked by the validator. */
export function toNewKey(body: CreateApiKeyDto | CreatePortalKeyDto): NewKey {
  return {
    name: body.name,
    mode: body.mode ?? 'live',
    scopes: body.scopes,
    allowedAddresses: body.allowedAddresses ?? [],
    expiresAt: body.expiresAt === undefined ? null : parseInstant(body.expiresAt),
  };
}

export class ApiKeyDto {
  id: string;
  name: string;
  mode: KeyMode;

  /**
   * The visible beginning of the key.
   * @example "kbk_live_Zk3v"
   */
  prefix: string;

  scopes: string[];
  allowedAddresses: string[];
  @ApiProperty({ type: String, format: 'date-time' })
  createdAt: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt: string | null;
  /** May be a minute old. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastUsedAt: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revokedAt: string | null;

  static of(this: void, row: ApiKeyRow): ApiKeyDto {
    return {
      id: row.id,
      name: row.name,
      mode: row.mode,
      prefix: row.prefix,
      scopes: row.scopes,
      allowedAddresses: row.allowed_addresses,
      createdAt: row.created_at.toISOString(),
      expiresAt: row.expires_at?.toISOString() ?? null,
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      revokedAt: row.revoked_at?.toISOString() ?? null,
    };
  }
}

export class CreatedApiKeyDto extends ApiKeyDto {
  /**
   * The key itself. Shown here and never again.
   * @example "kbk_live_Zk3vX0n2y5…"
   */
  key: string;
}

export class ApiKeyPageDto {
  @ApiProperty({ type: [ApiKeyDto] })
  data: ApiKeyDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}
