import { Injectable } from '@nestjs/common';
import { Env } from '../../config/env.js';
import { Secrets } from '../../config/secrets.js';
import { Clock } from '../../kernel/clock.js';
import type { Locale } from '../../kernel/locale.js';
import { linkExpired } from './documents.errors.js';
import { type DocumentLink, readLink, signLink } from './links.js';
import { renderPage } from './page.js';
import { renderPdf } from './pdf.js';
import type { PrintedDocument } from './printed-document.js';
import type { HandedOut } from './reply.js';

const LINK_MS = 60 * 60_000;

/** One document of an account in words; throws not_found for one that the account does not have. */
export type DocumentSource = (accountId: string, id: string, lang?: Locale) => Promise<PrintedDocument>;

/** Where a document is: its kind, its account and its id. */
export type DocumentKey = Omit<DocumentLink, 'expiresAt'>;

/**
 * Shows issued documents of every kind: as a page, as a PDF, and by links that open one document for an hour. The modules that
 * issue them say how each reads.
 */
@Injectable()
export class DocumentDesk {
  private readonly key: Buffer;
  private readonly sources = new Map<string, DocumentSource>();

  constructor(
    private readonly clock: Clock,
    private readonly env: Env,
    secrets: Secrets,
  ) {
    this.key = secrets.derive('document-links');
  }

  /** Called once per kind, when its module starts. */
  register(kind: string, source: DocumentSource): void {
    if (this.sources.has(kind)) throw new Error(`two sources for documents of the kind ${kind}`);
    this.sources.set(kind, source);
  }

  async page(key: DocumentKey, lang?: Locale): Promise<string> {
    return renderPage(await this.print(key, lang));
  }

  async pdf(key: DocumentKey, lang?: Locale): Promise<HandedOut> {
    const printed = await this.print(key, lang);
    return { fileName: `${printed.name}.pdf`, content: await renderPdf(printed) };
  }

  links(key: DocumentKey): { page: string; pdf: string } {
    const expiresAt = new Date(this.clock.now().getTime() + LINK_MS);
    const token = signLink({ ...key, expiresAt }, this.key);
    const base = `${this.env.PUBLIC_URL.replace(/\/$/, '')}/documents/${token}`;
    return { page: base, pdf: `${base}.pdf` };
  }

  /** What a link opens, or 404 `link_expired`. */
  open(token: string): DocumentKey {
    const link = readLink(token, this.key, this.clock.now());
    if (!link || !this.sources.has(link.kind)) throw linkExpired();
    return link;
  }

  private print({ kind, accountId, id }: DocumentKey, lang?: Locale): Promise<PrintedDocument> {
    const source = this.sources.get(kind);
    if (!source) throw new Error(`nobody prints documents of the kind ${kind}`);
    return source(accountId, id, lang);
  }
}
