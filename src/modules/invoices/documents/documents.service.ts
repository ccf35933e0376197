import { Injectable } from '@nestjs/common';
import { Env } from '../../../config/env.js';
import { Secrets } from '../../../config/secrets.js';
import { Clock } from '../../../kernel/clock.js';
import type { Locale } from '../../../kernel/locale.js';
import { AccountsService } from '../../accounts/index.js';
import { InvoicesService } from '../invoices.service.js';
import { linkExpired } from '../invoices.errors.js';
import { readLink, signLink } from './links.js';
import { renderPage } from './page.js';
import { renderPdf } from './pdf.js';
import { viewInvoice } from './view.js';

const LINK_MS = 60 * 60_000;

/** Shows issued documents: as a page, as a PDF, and by links that open one document for an hour. */
@Injectable()
export class DocumentsService {
  private readonly key: Buffer;

  constructor(
    private readonly invoices: InvoicesService,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    private readonly env: Env,
    secrets: Secrets,
  ) {
    this.key = secrets.derive('document-links');
  }

  async page(accountId: string, invoiceId: string, lang?: Locale): Promise<string> {
    const invoice = await this.invoices.document(accountId, invoiceId);
    return renderPage(viewInvoice(invoice, lang ?? (await this.accounts.get(accountId)).locale));
  }

  async pdf(accountId: string, invoiceId: string, lang?: Locale): Promise<{ fileName: string; content: Buffer }> {
    const invoice = await this.invoices.document(accountId, invoiceId);
    const view = viewInvoice(invoice, lang ?? (await this.accounts.get(accountId)).locale);
    return { fileName: `${invoice.documentNumber}.pdf`, content: await renderPdf(view, invoice.issuedOn) };
  }

  links(accountId: string, invoiceId: string): { page: string; pdf: string } {
    const expiresAt = new Date(this.clock.now().getTime() + LINK_MS);
    const token = signLink({ accountId, invoiceId, expiresAt }, this.key);
    const base = `${this.env.PUBLIC_URL.replace(/\/$/, '')}/documents/${token}`;
    return { page: base, pdf: `${base}.pdf` };
  }

  /** What a link opens, or 404 `link_expired`. */
  open(token: string): { accountId: string; invoiceId: string } {
    const link = readLink(token, this.key, this.clock.now());
    if (!link) throw linkExpired();
    return link;
  }
}
