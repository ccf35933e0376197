import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../database/database.js';
import { decodeIdCursor, toPage } from '../../../database/page.js';
import {
  actorOf,
  ApiProblems,
  CurrentAccount,
  CurrentPrincipal,
  type GatewayRequest,
  IdParam,
  type Principal,
  RequirePermission,
  StreamedBody,
  streamOf,
} from '../../../gateway/index.js';
import { DomainError } from '../../../kernel/domain-error.js';
import { parseMicros } from '../../../kernel/money.js';
import { PROOF_TYPES } from './file-type.js';
import { ListProofsQuery, ProofPage, ProofResponse, UploadProofQuery } from './proof.dto.js';
import { proofNotFound, proofOfNothing } from './proofs.errors.js';
import { findProof, listProofs, readFile } from './proofs.repository.js';
import { UploadProofAction } from './upload-proof.js';

/** Proofs of bank deposits, as the account uploads and sees them. */
@ApiTags('payments')
@Controller('v1/deposit-proofs')
export class ProofsController {
  constructor(
    private readonly database: Database,
    private readonly upload: UploadProofAction,
  ) {}

  @Post()
  @RequirePermission('deposit-proofs:write')
  @ApiOperation({
    summary: 'Upload the proof of a bank deposit: a PDF, JPEG or PNG of at most 5 MB',
    description: 'It moves no money: the operator’s staff answers it.',
    operationId: 'uploadDepositProof',
  })
  @StreamedBody(...PROOF_TYPES)
  @ApiBody({ required: true, schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ type: ProofResponse })
  @ApiProblems(404, 409, 413, 415, 422)
  async create(
    @CurrentPrincipal() principal: Principal,
    @CurrentAccount() accountId: string,
    @Query() query: UploadProofQuery,
    @Req() request: GatewayRequest,
  ): Promise<ProofResponse> {
    const body = streamOf(request);
    const row = await this.upload.run({
      accountId,
      actor: actorOf(principal),
      body,
      contentType: String(request.headers['content-type']).split(';')[0]!.trim().toLowerCase(),
      fileName: query.fileName ?? 'proof',
      note: query.note ?? null,
      invoiceId: query.invoiceId ?? null,
      amount: amountOf(query),
    });
    return ProofResponse.of(row);
  }

  @Get()
  @RequirePermission('deposit-proofs:read')
  @ApiOperation({
    summary: 'Uploaded proofs and how they were answered, newest first',
    operationId: 'listDepositProofs',
  })
  @ApiOkResponse({ type: ProofPage })
  @ApiProblems(400, 422)
  async list(
    @CurrentAccount() accountId: string,
    @Query() { cursor, limit, state }: ListProofsQuery,
  ): Promise<ProofPage> {
    const filter = { accountId, state: state ?? null };
    const rows = await listProofs(this.database, filter, decodeIdCursor(cursor), limit + 1);
    return toPage(rows, limit, ({ id }) => [id], ProofResponse.of);
  }

  @Get(':id')
  @RequirePermission('deposit-proofs:read')
  @ApiOperation({ summary: 'One proof, with the answer', operationId: 'getDepositProof' })
  @ApiOkResponse({ type: ProofResponse })
  @ApiProblems(404)
  async get(@CurrentAccount() accountId: string, @IdParam() id: string): Promise<ProofResponse> {
    const row = await findProof(this.database, accountId, id);
    if (!row) throw proofNotFound();
    return ProofResponse.of(row);
  }

  @Get(':id/file')
  @RequirePermission('deposit-proofs:read')
  @ApiOperation({ summary: 'The file as it was uploaded, as a download', operationId: 'downloadDepositProof' })
  @ApiProduces(...PROOF_TYPES)
  @ApiOkResponse({ description: 'The file' })
  @ApiProblems(404)
  async file(@CurrentAccount() accountId: string, @IdParam() id: string, @Res() reply: FastifyReply): Promise<void> {
    await sendFile(reply, this.database, accountId, id);
  }
}

function amountOf({
  amount,
  currency,
}: UploadProofQuery): { micros: bigint; currency: NonNullable<typeof currency> } | null {
  if (amount === undefined && currency === undefined) return null;
  if (amount === undefined || currency === undefined) throw proofOfNothing();
  const micros = parseMicros(amount);
  if (micros === 0n)
    throw new DomainError('invalid', 'validation_failed', {
      errors: [{ pointer: '/amount', code: 'amount_not_positive' }],
    });
  return { micros, currency };
}

/** A name for `filename*` (RFC 8187), which leaves fewer characters as they are than an address does. */
function percentEncoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Hands a file out as somebody else made it: as a download that no browser shows or guesses at. */
export async function sendFile(reply: FastifyReply, database: Database, accountId: string, id: string): Promise<void> {
  const file = await readFile(database, accountId, id);
  if (!file) throw proofNotFound();
  void reply
    .type(file.content_type)
    .header('content-disposition', `attachment; filename="proof"; filename*=UTF-8''${percentEncoded(file.file_name)}`)
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; sandbox")
    .header('cache-control', 'private, no-store')
    .send(file.content);
}
