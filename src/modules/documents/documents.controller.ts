import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems, Public } from '../../gateway/index.js';
import { DocumentDesk } from './document-desk.js';
import { DocumentQuery } from './dto/document.dto.js';
import { sendPage, sendPdf } from './reply.js';

/** Opens documents by a signed link: what a browser, an accountant or a printer gets. */
@ApiTags('invoices')
@Controller('documents')
@Public()
export class DocumentsController {
  constructor(private readonly desk: DocumentDesk) {}

  @Get(':token')
  @ApiOperation({
    summary: 'A document by its signed link: a page, or with the ending .pdf the PDF',
    operationId: 'openDocument',
  })
  @ApiProduces('text/html', 'application/pdf')
  @ApiOkResponse({ description: 'The document' })
  @ApiProblems(404)
  async open(
    @Param('token') token: string,
    @Query() { lang }: DocumentQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wantsPdf = token.endsWith('.pdf');
    const key = this.desk.open(wantsPdf ? token.slice(0, -'.pdf'.length) : token);
    if (wantsPdf) sendPdf(reply, await this.desk.pdf(key, lang));
    else sendPage(reply, await this.desk.page(key, lang));
  }
}
