import type { Micros } from '../../../kernel/money.js';
import { coverInOrder } from './cover-in-order.js';
import type { Candidate, Incoming } from './match-transfer.js';

/** The invoices that the transfers of a batch may pay, as they stand after each of them. */
export class CandidateBook {
  private readonly byId = new Map<string, Candidate>();
  private readonly index = new Map<string, Candidate[]>();

  constructor(candidates: readonly Candidate[]) {
    for (const one of candidates) {
      const copy = { ...one };
      this.byId.set(copy.invoiceId, copy);
      for (const key of [`n ${copy.documentNumber}`, `t ${copy.payerTaxNumber}`, `a ${copy.accountId}`])
        this.add(key, copy);
    }
  }

  /** Those that a transfer names; where it names none for certain, also those of its payer. */
  for({ named, taxNumbers, accountIds }: Incoming): Candidate[] {
    const found = (keys: readonly string[]) => keys.flatMap((key) => this.index.get(key) ?? []);
    const certain = found(named.flatMap(({ documentNumber, loose }) => (loose ? [] : [`n ${documentNumber}`])));
    const byNumber = found(named.map(({ documentNumber }) => `n ${documentNumber}`));
    if (certain.length > 0) return byNumber;
    const ofPayer = found([...taxNumbers.map((number) => `t ${number}`), ...accountIds.map((id) => `a ${id}`)]);
    return [...new Set([...byNumber, ...ofPayer])];
  }

  cover(invoiceIds: readonly string[], amountMicros: Micros): void {
    coverInOrder(amountMicros, invoiceIds, this.byId);
  }

  private add(key: string, one: Candidate): void {
    const others = this.index.get(key);
    if (others) others.push(one);
    else this.index.set(key, [one]);
  }
}
