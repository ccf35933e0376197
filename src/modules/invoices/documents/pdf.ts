import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import type { InvoiceView } from './view.js';

const FONTS = join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');

/** The invoice as a PDF with embedded fonts. The same document gives the same content; its date is the day of issue. */
export async function renderPdf(view: InvoiceView, issuedOn: string): Promise<Buffer> {
  const pdfmake = await loadPdfmake();
  return pdfmake.createPdf(define(view, issuedOn)).getBuffer();
}

/** Not with the program: it takes a quarter of a second, and most processes never draw. */
async function loadPdfmake() {
  const { default: pdfmake } = await import('pdfmake');
  // Roboto has Latin with Polish letters, Cyrillic and modern Greek. Fonts are the only files a document may read, and it
  // may fetch nothing.
  pdfmake.setFonts({
    Roboto: {
      normal: join(FONTS, 'Roboto-Regular.ttf'),
      bold: join(FONTS, 'Roboto-Medium.ttf'),
      italics: join(FONTS, 'Roboto-Italic.ttf'),
      bolditalics: join(FONTS, 'Roboto-MediumItalic.ttf'),
    },
  });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => path.startsWith(FONTS));
  return pdfmake;
}

function define(view: InvoiceView, issuedOn: string): TDocumentDefinitions {
  const { texts } = view;
  return {
    info: { title: view.heading, creationDate: new Date(`${issuedOn}T00:00:00Z`) },
    pageSize: 'A4',
    pageMargins: [50, 50, 50, 50],
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.2 },
    styles: {
      muted: { color: '#5b6570' },
      label: { color: '#5b6570', fontSize: 8 },
      due: { fontSize: 13, bold: true },
    },
    content: [
      { text: view.heading, fontSize: 16, bold: true },
      { text: view.validUntil, style: 'muted', margin: [0, 2, 0, 12] },
      {
        table: {
          widths: ['32%', '*'],
          body: view.bank.map(([label, value]) => [{ text: label, style: 'muted' }, value]),
        },
      },
      {
        columns: [party(texts.seller, view.seller), party(texts.payer, view.payer)],
        columnGap: 20,
        margin: [0, 16, 0, 16],
      },
      lines(view),
      { columns: [{ text: '' }, totals(view)], margin: [0, 8, 0, 16] },
      payment(view),
      {
        columns: view.signatures.map(([label, name]) => ({ text: `${label}: ______________ ${name}` })),
        margin: [0, 24, 0, 16],
      },
      { text: texts.offer, style: 'label' },
    ],
  };
}

function party(label: string, rows: string[]): Content {
  const [name, ...rest] = rows;
  return {
    stack: [
      { text: label.toUpperCase(), style: 'label' },
      { text: name!, bold: true },
      ...rest.map((text) => ({ text })),
    ],
  };
}

function lines({ texts, lines: rows }: InvoiceView): Content {
  const head = ['№', texts.service, texts.quantity, texts.unit, texts.vat, texts.amount];
  return {
    layout: 'lightHorizontalLines',
    table: {
      headerRows: 1,
      widths: ['auto', '*', 'auto', 'auto', 'auto', 'auto'],
      body: [
        head.map((text) => ({ text, bold: true })),
        ...rows.map((row) => [
          row.no,
          row.description,
          row.quantity,
          row.unit,
          row.vat,
          { text: row.amount, alignment: 'right' as const },
        ]),
      ],
    },
  };
}

function totals({ texts, totals: rows, total }: InvoiceView): Content {
  const body = rows.map(([label, value]) => [{ text: label }, { text: value, alignment: 'right' as const }]);
  return {
    layout: 'noBorders',
    table: {
      widths: ['*', 'auto'],
      body: [
        ...body,
        [
          { text: texts.total, style: 'due' },
          { text: total, style: 'due', alignment: 'right' as const },
        ],
      ],
    },
  };
}

function payment({ texts, purpose, qr }: InvoiceView): Content {
  const words: Content = {
    stack: [
      { text: texts.purpose.toUpperCase(), style: 'label' },
      { text: purpose },
      ...(qr ? [{ text: texts.scan, style: 'muted' }] : []),
    ],
  };
  if (qr === null) return words;
  return { columns: [{ qr, fit: 110, eccLevel: 'M', width: 125 }, words], columnGap: 12, unbreakable: true };
}
