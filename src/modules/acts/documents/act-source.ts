import { Injectable } from '@nestjs/common';
import { Database } from '../../../database/database.js';
import { AccountsService } from '../../accounts/index.js';
import { DocumentDesk } from '../../documents/index.js';
import { actNotFound } from '../acts.errors.js';
import { findAct, findActLines } from '../persistence/acts.js';
import { printAct } from './act-view.js';

export const ACT = 'act';

/** Tells the desk how an act reads. */
@Injectable()
export class ActSource {
  constructor(desk: DocumentDesk, database: Database, accounts: AccountsService) {
    desk.register(ACT, async (accountId, id, lang) => {
      const act = await findAct(database, accountId, id);
      if (!act) throw actNotFound();
      const lines = await findActLines(database, accountId, id);
      return printAct(act, lines, lang ?? (await accounts.get(accountId)).locale);
    });
  }
}
