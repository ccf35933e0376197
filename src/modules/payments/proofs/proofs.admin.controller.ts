import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Database } from '../../../database/database.js';
import { decodeIdCursor, toPage } from '../../../database/page.js';
import {
  actorOf,
  ApiIdempotent,
  ApiProblems,
  CurrentPrincipal,
  Idempotency,
  type IdempotencyClaim,
  IdempotencyService,
  IdParam,
  type Principal,
  Staff,
} from '../../../gateway/index.js';
import { parseMicros } from '../../../kernel/money.js';
import { AnswerProofAction } from './answer-proof.js';
import { PROOF_TYPES } from './file-type.js';
import { AcceptProofDto, ListAnyProofsQuery, ProofPage, ProofResponse, RefuseProofDto } from './proof.dto.js';
import { sendFile } from './proofs.controller.js';
import { proofNotFound } from './proofs.errors.js';
import { findProof, listProofs } from './proofs.repository.js';

/** Proofs of bank deposits, which the operator's staff compares with the bank's statement and answers. */
@ApiTags('admin: payments')
@Controller('admin/v1')
export class ProofsAdminController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: IdempotencyService,
    private readonly answering: AnswerProofAction,
  ) {}

  @Get('deposit-proofs')
  @Staff('deposit-proofs:read')
  @ApiOperation({ summary: 'Proofs of all accounts, newest first', operationId: 'listAnyDepositProofs' })
  @ApiOkResponse({ type: ProofPage })
  @ApiProblems(400, 422)
  async list(@Query() { cursor, limit, state, accountId }: ListAnyProofsQuery): Promise<ProofPage> {
    const filter = { accountId: accountId ?? null, state: state ?? null };
    const rows = await listProofs(this.database, filter, decodeIdCursor(cursor), limit + 1);
    return toPage(rows, limit, ({ id }) => [id], ProofResponse.of);
  }

  @Get('accounts/:accountId/deposit-proofs/:id')
  @Staff('deposit-proofs:read')
  @ApiOperation({ summary: 'One proof of an account', operationId: 'getAccountDepositProof' })
  @ApiOkResponse({ type: ProofResponse })
  @ApiProblems(404)
  async get(@IdParam('accountId') accountId: string, @IdParam() id: string): Promise<ProofResponse> {
    const row = await findProof(this.database, accountId, id);
    if (!row) throw proofNotFound();
    return ProofResponse.of(row);
  }

  @Get('accounts/:accountId/deposit-proofs/:id/file')
  @Staff('deposit-proofs:read')
  @ApiOperation({ summary: 'The file as it was uploaded, as a download', operationId: 'downloadAccountDepositProof' })
  @ApiProduces(...PROOF_TYPES)
  @ApiOkResponse({ description: 'The file' })
  @ApiProblems(404)
  async file(
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendFile(reply, this.database, accountId, id);
  }

  @Post('accounts/:accountId/deposit-proofs/:id/accept')
  @HttpCode(200)
  @Staff('deposit-proofs:write')
  @ApiOperation({
    summary: 'Accept a proof: records the transfer and credits the wallet, once',
    description: 'A transfer that is recorded already is not credited again; the proof is accepted with that payment.',
    operationId: 'acceptDepositProof',
  })
  @ApiOkResponse({ type: ProofResponse })
  @ApiIdempotent()
  @ApiProblems(404)
  accept(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Idempotency() claim: IdempotencyClaim,
    @Body() body: AcceptProofDto,
  ) {
    const transfer = {
      ...body,
      currency: body.amount.currency,
      amountMicros: parseMicros(body.amount.amount),
      purpose: body.purpose ?? '',
    };
    return this.idempotency.execute(claim, 200, async (tx) =>
      ProofResponse.of(await this.answering.accept(tx, { accountId, proofId: id }, actorOf(principal), transfer)),
    );
  }

  @Post('accounts/:accountId/deposit-proofs/:id/refuse')
  @HttpCode(200)
  @Staff('deposit-proofs:write')
  @ApiOperation({ summary: 'Refuse a proof, with a reason that the account reads', operationId: 'refuseDepositProof' })
  @ApiOkResponse({ type: ProofResponse })
  @ApiProblems(404, 409, 422)
  async refuse(
    @CurrentPrincipal() principal: Principal,
    @IdParam('accountId') accountId: string,
    @IdParam() id: string,
    @Body() { reason }: RefuseProofDto,
  ): Promise<ProofResponse> {
    const key = { accountId, proofId: id };
    return this.database.transaction(async (tx) =>
      ProofResponse.of(await this.answering.refuse(tx, key, actorOf(principal), reason)),
    );
  }
}
