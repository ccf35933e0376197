import type { Locale } from '../../../kernel/locale.js';
import type { Currency, Micros } from '../../../kernel/money.js';
import {
  formatAmount,
  formatCount,
  formatDay,
  formatRate,
  type Labelled,
  type PrintedColumn,
  type PrintedDocument,
} from '../../documents/index.js';
import { DOCUMENT_TEXTS, partyRows, signatureRows } from '../../invoices/index.js';
import { roublesInWords } from '../domain/amount-in-words.js';
import { lastDayOf } from '../domain/months.js';
import { ACT_TEXTS, type ActTexts, fill } from '../domain/texts.js';
import type { ActLineRow, ActRow } from '../persistence/acts.js';

/** An act, or a correction of one, in words. */
export function printAct(act: ActRow, lines: readonly ActLineRow[], locale: Locale): PrintedDocument {
  const texts = ACT_TEXTS[locale];
  const parties = DOCUMENT_TEXTS[locale];
  const isCorrection = act.kind === 'correction';
  const money = (micros: Micros) => formatAmount(micros, act.currency, locale);
  return {
    locale,
    name: act.document_number,
    issuedOn: act.issued_on,
    heading: `${isCorrection ? texts.correction : texts.act} ${parties.number} ${act.document_number} ${parties.of} ${formatDay(act.issued_on, locale)}`,
    subheading: isCorrection ? correctedAct(act, texts, locale) : fill(texts.period, period(act.month, locale)),
    facts: [],
    parties: [
      { label: texts.contractor, rows: partyRows(act.seller, parties) },
      { label: texts.customer, rows: partyRows(act.payer, parties) },
    ],
    columns: isCorrection ? correctionColumns(texts) : actColumns(texts, parties.unit),
    lines: lines.map((line, index) => [
      String(index + 1),
      fill(texts[line.service].line, period(line.usage_month, locale)),
      formatCount(Number(line.quantity), locale),
      ...(isCorrection ? [] : [texts[line.service].unit]),
      formatRate(line.vat_rate_bps, parties.withoutVat),
      ...(line.before_micros === null
        ? []
        : [money(line.before_micros), money(line.before_micros + line.gross_micros)]),
      money(line.gross_micros),
    ]),
    totals: [[parties.net, money(act.net_micros)], ...vatTotals(lines, act.currency, locale)],
    total: [isCorrection ? texts.changeTotal : texts.total, money(act.gross_micros)],
    remarks: [...inWords(act, texts), isCorrection ? texts.corrected : texts.accepted],
    payment: null,
    signatures: [...signatureRows(act.seller, parties), [texts.customer, '']],
    footer: texts.footer,
  };
}

function correctedAct({ corrects_number, corrects_issued_on }: ActRow, texts: ActTexts, locale: Locale): string {
  return fill(texts.corrects, { number: corrects_number!, date: formatDay(corrects_issued_on!, locale) });
}

function period(month: string, locale: Locale): { from: string; until: string } {
  return { from: formatDay(month, locale), until: formatDay(lastDayOf(month), locale) };
}

const actColumns = (texts: ActTexts, unit: string): PrintedColumn[] => [
  { title: '№', kind: 'text' },
  { title: texts.service, kind: 'wide' },
  { title: texts.quantity, kind: 'number' },
  { title: unit, kind: 'text' },
  { title: texts.rate, kind: 'number' },
  { title: texts.amount, kind: 'number' },
];

const correctionColumns = (texts: ActTexts): PrintedColumn[] => [
  { title: '№', kind: 'text' },
  { title: texts.service, kind: 'wide' },
  { title: texts.quantity, kind: 'number' },
  { title: texts.rate, kind: 'number' },
  { title: texts.before, kind: 'number' },
  { title: texts.after, kind: 'number' },
  { title: texts.change, kind: 'number' },
];

/** The VAT of each rate: months may have had different ones. */
function vatTotals(lines: readonly ActLineRow[], currency: Currency, locale: Locale): Labelled[] {
  const { vat, withoutVat } = DOCUMENT_TEXTS[locale];
  const byRate = new Map<number | null, Micros>();
  for (const { vat_rate_bps: rate, vat_micros: micros } of lines) byRate.set(rate, (byRate.get(rate) ?? 0n) + micros);
  return [...byRate].map(([rate, micros]) =>
    rate === null
      ? [withoutVat, '—']
      : [`${vat} ${formatRate(rate, withoutVat)}`, formatAmount(micros, currency, locale)],
  );
}

function inWords({ currency, gross_micros }: ActRow, { inWords: text }: ActTexts): string[] {
  return text !== null && currency === 'RUB' ? [fill(text, { words: roublesInWords(gross_micros) })] : [];
}
