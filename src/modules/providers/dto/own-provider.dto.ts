import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import { IsIn, IsObject } from 'class-validator';
import { IsLine, IsOmittable } from '../../../gateway/index.js';
import { IsSender } from '../../accounts/index.js';
import { AWAITING_ACTIVATION, type ProviderKind } from '../domain/provider.js';
import type { BindRow, FullProviderRow } from '../persistence/providers.repository.js';
import { OWN_KINDS, type OwnKind, PRESETS } from '../presets/presets.js';
import type { CredentialVerdict } from '../sms-provider.js';
import { BalanceDto } from './provider.dto.js';

export class CredentialFieldDto {
  @ApiProperty({ example: 'apiKey' })
  name: string;

  @ApiProperty({ description: 'Some companies take one of two sets; then none of them is required by itself.' })
  required: boolean;
}

/** A company of which an account may enter its own credentials. */
export class ProviderKindDto {
  @ApiProperty({ enum: OWN_KINDS })
  kind: OwnKind;

  @ApiProperty({ example: 'SMSC.ru' })
  company: string;

  @ApiProperty({ type: [CredentialFieldDto] })
  credentials: CredentialFieldDto[];

  @ApiProperty({ type: [String], description: 'Names of the settings that it has; all of them may be left out.' })
  settings: string[];

  @ApiProperty({ description: '`baseUrl` when none is given.', example: 'https://smsc.ru' })
  baseUrl: string;

  @ApiProperty({ type: [String], description: '`baseUrl` may lead to these hosts and those below them.' })
  hosts: string[];

  static of(this: void, kind: OwnKind): ProviderKindDto {
    const { company, baseUrl, hosts, credentials, fields } = PRESETS[kind];
    const named = Object.entries(credentials).map(([name, need]) => ({ name, required: need === 'required' }));
    return { kind, company, credentials: named, settings: ['baseUrl', ...fields], baseUrl, hosts: [...hosts] };
  }
}

export class ProviderKindsDto {
  @ApiProperty({ type: [ProviderKindDto] })
  data: ProviderKindDto[];
}

export class CreateOwnProviderDto {
  @ApiProperty({ enum: OWN_KINDS, example: 'smsc' })
  @IsIn(OWN_KINDS)
  kind: OwnKind;

  @ApiProperty({ example: 'Our account at SMSC' })
  @IsLine(200)
  name: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'As the list of kinds names them. Tried at the company at once; never shown again.',
    example: { apiKey: '…' },
  })
  @IsObject()
  credentials: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'As the list of kinds names them.',
    example: {},
  })
  @IsOmittable()
  @IsObject()
  settings?: Record<string, unknown>;

  @ApiProperty({ example: 'Clinic', description: 'What recipients see; the company has to know it.' })
  @IsSender()
  sender: string;
}

/** What may be changed later. Settings and credentials are replaced as a whole, and tried at the company before. */
export class UpdateOwnProviderDto extends PartialType(OmitType(CreateOwnProviderDto, ['kind']), {
  skipNullProperties: false,
}) {}

const STATES = [AWAITING_ACTIVATION, 'active', 'draining', 'paused'] as const;

export class OwnProviderDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: OWN_KINDS })
  kind: ProviderKind;

  @ApiProperty()
  name: string;

  @ApiProperty({
    enum: STATES,
    description:
      '`awaiting_activation`: the operator has to switch it on; messages go the usual way until then. `paused`: they wait.',
  })
  status: (typeof STATES)[number];

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'provider_no_funds',
    description: '`credentials_refused` and `provider_no_funds` end by themselves; others are the operator’s words.',
  })
  pauseReason: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The company’s last words of refusal.' })
  lastError: string | null;

  @ApiProperty({ type: String, nullable: true })
  sender: string | null;

  @ApiProperty({ type: [String], description: 'The names of the credentials that are stored; never their values.' })
  credentials: string[];

  @ApiProperty({ type: 'object', additionalProperties: true })
  settings: object;

  @ApiProperty({ type: BalanceDto, nullable: true, description: 'As the company named it last.' })
  balance: BalanceDto | null;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;

  static of(
    this: void,
    row: FullProviderRow,
    binds: readonly BindRow[],
    credentials: readonly string[],
  ): OwnProviderDto {
    const awaits = row.status === 'paused' && row.pause_reason === AWAITING_ACTIVATION;
    const policy = row.sender_policy;
    return {
      id: row.id,
      kind: row.kind,
      name: row.name,
      status: awaits ? AWAITING_ACTIVATION : row.status,
      pauseReason: awaits ? null : row.pause_reason,
      lastError: binds.find((bind) => bind.provider_id === row.id && bind.last_error !== null)?.last_error ?? null,
      sender: policy.kind === 'fixed' ? policy.sender : null,
      credentials: [...credentials],
      settings: row.settings,
      balance: balanceOf(row),
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    };
  }
}

function balanceOf(row: FullProviderRow): BalanceDto | null {
  const { balance_amount: amount, balance_currency: currency, balance_at: at } = row;
  return amount !== null && currency !== null && at !== null ? { amount, currency, askedAt: at.toISOString() } : null;
}

export class CreatedOwnProviderDto extends OwnProviderDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Where the company is to send its reports, if it has to be entered there. Shown once.',
  })
  callbackUrl: string | null;
}

export class OwnProviderPageDto {
  @ApiProperty({ type: [OwnProviderDto] })
  data: OwnProviderDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

const VERDICTS = ['accepted', 'refused', 'unclear'] as const;

export class CredentialCheckDto {
  @ApiProperty({ enum: VERDICTS, description: '`unclear`: the company said neither yes nor no, or did not answer.' })
  result: (typeof VERDICTS)[number];

  @ApiProperty({ type: String, nullable: true, example: '2', description: 'The company’s own.' })
  code: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'authorise error' })
  detail: string | null;

  @ApiProperty({ description: 'A pause was over, and has been ended.' })
  resumed: boolean;

  static of(this: void, verdict: CredentialVerdict, resumed: boolean): CredentialCheckDto {
    const { code, detail } = verdict.kind === 'accepted' ? { code: null, detail: null } : verdict;
    return { result: verdict.kind, code, detail, resumed };
  }
}
