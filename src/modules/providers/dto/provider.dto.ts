import { ApiProperty, ApiPropertyOptional, OmitType, PartialType } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { IsLine, IsMessageText, IsNullable, IsOmittable, IsText, Nested, PageQuery } from '../../../gateway/index.js';
import type { WeeklyWindow } from '../../../kernel/time-window.js';
import { PROVIDER_KINDS, type ProviderKind, type ProviderLifecycle, type SenderPolicy } from '../domain/provider.js';
import { PROVIDER_EXAMPLES, SETTINGS_DESCRIPTION } from './settings-examples.js';

export const PROVIDER_CODE = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** In whatever words the provider has, as long as attempts keep them. */
const REFUSAL_CODE = /^\P{C}{1,255}$/u;
const POLICIES = ['any', 'listed', 'fixed'] as const;
const LIFECYCLES = ['active', 'draining', 'paused'] as const;

export class SenderPolicyDto {
  @ApiProperty({ enum: POLICIES, description: '`fixed` replaces whatever sender was asked for.' })
  @IsIn(POLICIES)
  kind: (typeof POLICIES)[number];

  @ApiPropertyOptional({ type: [String], description: 'With `listed`: the senders that are allowed.' })
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsString({ each: true })
  @Length(1, 20, { each: true })
  senders?: string[];

  @ApiPropertyOptional({ description: 'With `fixed`.', example: 'Kabinet' })
  @IsOmittable()
  @IsLine(20)
  sender?: string;
}

export class CreateProviderDto {
  @ApiProperty({
    example: 'sandbox',
    pattern: PROVIDER_CODE.source,
    description: 'For people and scripts; unique, and never changes.',
  })
  @Matches(PROVIDER_CODE, { context: { code: 'invalid_provider_code' } })
  code: string;

  @ApiProperty({ enum: PROVIDER_KINDS })
  @IsIn(PROVIDER_KINDS)
  kind: ProviderKind;

  @ApiProperty({ example: 'Sandbox operator' })
  @IsLine(200)
  name: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: SETTINGS_DESCRIPTION,
    example: PROVIDER_EXAMPLES.http.settings,
  })
  @IsObject()
  settings: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      'Never shown again. SMPP: systemId and password. HTTP: any names, for `{{secret.<name>}}` in the settings. Known ' +
      'companies: the names that their API has, see the examples.',
    example: { systemId: 'kabinet', password: '…' },
  })
  @IsOmittable()
  @IsObject()
  credentials?: Record<string, unknown>;

  @ApiProperty({ minimum: 1, maximum: 100_000, description: 'SMPP PDUs or HTTP requests a second, over all links.' })
  @IsInt()
  @Min(1)
  @Max(100_000)
  ratePerSecond: number;

  @ApiPropertyOptional({ minimum: 1, maximum: 64, description: 'Links that may be open at once, over all workers.' })
  @IsOmittable()
  @IsInt()
  @Min(1)
  @Max(64)
  maxBinds?: number;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 168,
    default: 72,
    description: 'How long after its validity a message waits for its report; then it is expired.',
  })
  @IsOmittable()
  @IsInt()
  @Min(1)
  @Max(168)
  reportGraceHours?: number;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 5,
    maximum: 86_400,
    default: 60,
    example: 60,
    description:
      'When none of its links could send for so many seconds, other routes take over what waits for it and what comes. Null: never.',
  })
  @IsNullable()
  @IsInt()
  @Min(5)
  @Max(86_400)
  failoverSeconds?: number | null;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 50,
    default: [],
    example: ['0x0000000a'],
    description:
      'Codes, as attempts show them, with which it refuses for a reason that another provider need not share: such a message goes on to the ' +
      'next one of its routes, at its price, once to each. Else a refused message is rejected.',
  })
  @IsOmittable()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(REFUSAL_CODE, { each: true })
  passOnCodes?: string[];

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'Hours in which this provider may be used; null: always.',
    example: { timeZone: 'Europe/Moscow', days: { mon: [{ from: '09:00', to: '20:00' }] } },
  })
  @IsNullable()
  @IsObject()
  sendingWindow?: Record<string, unknown> | null;

  @ApiPropertyOptional({ type: SenderPolicyDto })
  @IsOmittable()
  @Nested(() => SenderPolicyDto)
  senderPolicy?: SenderPolicyDto;
}

/** What may be changed later. Settings and credentials are replaced as a whole. */
export class UpdateProviderDto extends PartialType(OmitType(CreateProviderDto, ['code', 'kind']), {
  skipNullProperties: false,
}) {}

export class PauseProviderDto {
  @ApiProperty({ example: 'The operator is being maintained until 18:00' })
  @IsText(500)
  reason: string;
}

export class BindDto {
  @ApiProperty({ minimum: 1 })
  bindNo: number;

  @ApiProperty({ enum: ['stopped', 'connecting', 'ready', 'throttled', 'auth_failed', 'no_funds', 'draining'] })
  state: string;

  @ApiProperty({ format: 'date-time' })
  since: string;

  @ApiProperty({ type: String, nullable: true, example: '0x0000000e: the bind was refused' })
  lastError: string | null;

  @ApiProperty({ description: 'A worker holds it at this moment.' })
  held: boolean;
}

/** A bind with what its worker wrote down of it at its last heartbeat, about a second ago. */
export class LinkDto extends BindDto {
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastErrorAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'worker-2 4711',
    description: 'Host and process that holds it.',
  })
  worker: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Unless it is renewed, which it is.' })
  leaseUntil: string | null;

  @ApiProperty({ description: 'Grows with every holder and every session.', example: '12' })
  fence: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Requests that wait for an answer.' })
  inFlight: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'The most that may wait for one now.' })
  window: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it tries again, if it waits.' })
  retryAt: string | null;
}

export class ProviderLinksDto {
  @ApiProperty({ enum: ['active', 'paused', 'draining'] })
  status: string;

  @ApiProperty({ type: String, nullable: true })
  pauseReason: string | null;

  @ApiProperty({ description: 'Requests a second over all links together.' })
  ratePerSecond: number;

  @ApiProperty({ type: [LinkDto] })
  data: LinkDto[];
}

export class ListProvidersQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only those that this account owns.' })
  @IsOmittable()
  @IsUUID()
  ownerAccountId?: string;
}

export class ProviderDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: the operator’s own.' })
  ownerAccountId: string | null;

  @ApiProperty()
  code: string;

  @ApiProperty({ enum: PROVIDER_KINDS })
  kind: ProviderKind;

  @ApiProperty()
  name: string;

  @ApiProperty({
    enum: LIFECYCLES,
    description: '`draining` sends nothing more and still takes reports; `paused` has its links closed.',
  })
  status: ProviderLifecycle;

  @ApiProperty({ type: String, nullable: true, example: 'credentials_refused' })
  pauseReason: string | null;

  @ApiProperty()
  ratePerSecond: number;

  @ApiProperty()
  maxBinds: number;

  @ApiProperty({ description: 'How long after its validity a message waits for its report.' })
  reportGraceHours: number;

  @ApiProperty({ type: 'integer', nullable: true })
  failoverSeconds: number | null;

  @ApiProperty({ type: [String], description: 'What it refuses with these codes goes on to another provider.' })
  passOnCodes: string[];

  @ApiProperty({ description: 'None of its links could send for `failoverSeconds`: other routes have taken over.' })
  isFailing: boolean;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  sendingWindow: WeeklyWindow | null;

  @ApiProperty({ type: SenderPolicyDto })
  senderPolicy: SenderPolicy;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As they are in force, with all defaults.' })
  settings: object;

  @ApiProperty({ type: [String], description: 'The names of the credentials that are stored; never their values.' })
  credentials: string[];

  @ApiProperty({ description: 'It has an address to report to.' })
  takesCallbacks: boolean;

  @ApiProperty({ type: [BindDto], description: 'Its links, as the workers see them; a second old at most.' })
  binds: BindDto[];

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt: string;
}

export class CreatedProviderDto extends ProviderDto {
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Where the provider is to send its reports. Shown once; the requests carry it where the settings say so.',
  })
  callbackUrl: string | null;
}

export class CallbackUrlDto {
  @ApiProperty({ description: 'Shown once. The address before it is dead from now on.' })
  callbackUrl: string;
}

export class ProviderPageDto {
  @ApiProperty({ type: [ProviderDto] })
  data: ProviderDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;
}

export class BalanceDto {
  @ApiProperty({ example: '125.4300', description: 'The provider’s own figure; negative where it gives credit.' })
  amount: string;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217, or the provider’s word for its unit, such as `points`.' })
  currency: string;

  @ApiProperty({ format: 'date-time', description: 'Asked again when older than ten seconds.' })
  askedAt: string;
}

export class DryRunDto {
  @ApiProperty({ example: '48500000001', description: 'E.164 digits.' })
  @Matches(/^[1-9]\d{5,14}$/)
  to: string;

  @ApiProperty({ example: 'Zażółć gęślą jaźń' })
  @IsMessageText(1_600)
  text: string;

  @ApiProperty({ example: 'Kabinet' })
  @IsLine(20)
  sender: string;
}

export class DryRunResponse {
  @ApiProperty({ example: 'POST' })
  method: string;

  @ApiProperty({ example: 'https://api.example.com/v1/messages' })
  url: string;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  headers: Record<string, string>;

  @ApiProperty({ type: String, nullable: true })
  body: string | null;
}
