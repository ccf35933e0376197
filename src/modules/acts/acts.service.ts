import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { cursorId, cursorText, decodeCursor, decodeIdCursor, type Page, toPage } from '../../database/page.js';
import type { Actor } from '../../gateway/index.js';
import { AccountsService } from '../accounts/index.js';
import { DocumentDesk } from '../documents/index.js';
import { findSellerByCode, sellerNotFound } from '../invoices/index.js';
import { actNotFound, monthNotOver } from './acts.errors.js';
import { IssueActs } from './actions/issue-acts.js';
import { ACT } from './documents/act-source.js';
import { ActClosingResponse, ActDetailResponse, ActResponse, type ListActsQuery } from './dto/act.dto.js';
import { actsOfMonth, correctionsOf, findAct, findActLines, listActs } from './persistence/acts.js';
import { listClosings } from './persistence/closings.js';

/** Issued acts, as accounts and staff see them. */
@Injectable()
export class ActsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly desk: DocumentDesk,
    private readonly issuing: IssueActs,
  ) {}

  /** Newest first. */
  async list(accountId: string, query: ListActsQuery): Promise<Page<ActResponse>> {
    const filter = {
      payerId: query.payerId ?? null,
      kind: query.kind ?? null,
      from: query.from ?? null,
      until: query.until ?? null,
    };
    const rows = await listActs(this.database, accountId, decodeIdCursor(query.cursor), filter, query.limit + 1);
    return toPage(rows, query.limit, ({ id }) => [id], ActResponse.of);
  }

  async get(accountId: string, id: string): Promise<ActDetailResponse> {
    const row = await findAct(this.database, accountId, id);
    if (!row) throw actNotFound();
    const lines = await findActLines(this.database, accountId, id);
    const corrections = await correctionsOf(this.database, accountId, id);
    return ActDetailResponse.detail(
      row,
      lines,
      corrections.map((one) => ({ id: one.id, number: one.document_number })),
      this.desk.links({ kind: ACT, accountId, id }),
    );
  }

  /** Closes a month that is over, with all before it; what was issued for it, now or before. Refuses `month_not_over`. */
  async issue(accountId: string, actor: Actor, sellerCode: string, yearAndMonth: string): Promise<ActResponse[]> {
    await this.accounts.get(accountId);
    const seller = await findSellerByCode(this.database, sellerCode);
    if (!seller) throw sellerNotFound();
    const month = `${yearAndMonth}-01`;
    if (!this.issuing.isOver(month, seller)) throw monthNotOver(yearAndMonth);
    await this.issuing.closeThrough(accountId, seller, month, actor);
    return (await actsOfMonth(this.database, accountId, seller.id, month)).map(ActResponse.of);
  }

  /** How revenue was paid, newest month first. */
  async closings(accountId: string, page: { limit: number; cursor?: string }): Promise<Page<ActClosingResponse>> {
    const key = decodeCursor(page.cursor, cursorText(/^\d{4}-\d{2}-01$/), cursorId);
    const after = key && { month: key[0], legalEntityId: key[1] };
    const rows = await listClosings(this.database, accountId, after, page.limit + 1);
    return toPage(rows, page.limit, (row) => [row.month, row.legal_entity_id], ActClosingResponse.of);
  }
}
