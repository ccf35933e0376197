import { Injectable } from '@nestjs/common';
import { AccountsService } from '../../accounts/index.js';
import { DocumentDesk } from '../../documents/index.js';
import { InvoicesService } from '../invoices.service.js';
import { printInvoice } from './view.js';

export const INVOICE = 'invoice';

/** Tells the desk how an invoice reads. */
@Injectable()
export class InvoiceSource {
  constructor(desk: DocumentDesk, invoices: InvoicesService, accounts: AccountsService) {
    desk.register(INVOICE, async (accountId, id, lang) => {
      const invoice = await invoices.document(accountId, id);
      return printInvoice(invoice, lang ?? (await accounts.get(accountId)).locale);
    });
  }
}
