import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import type { PrintedDocument, PrintedPayment } from './printed-document.js';

const FONTS = join(dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')), 'fonts', 'Roboto');

/** A document as a PDF with embedded fonts. The same document gives the same content; its date is the day of issue. */
export async function renderPdf(printed: PrintedDocument): Promise<Buffer> {
  const pdfmake = await loadPdfmake();
  return pdfmake.createPdf(define(printed)).getBuffer();
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

function define(printed: PrintedDocument): TDocumentDefinitions {
  return {
    info: { title: printed.heading, creationDate: new Date(`${printed.issuedOn}T00:00:00Z`) },
    pageSize: 'A4',
    pageMargins: [50, 50, 50, 50],
    defaultStyle: { font: 'Roboto', fontSize: 10, lineHeight: 1.2 },
    styles: {
      muted: { color: '#5b6570' },
      label: { color: '#5b6570', fontSize: 8 },
      due: { fontSize: 13, bold: true },
    },
    content: [
      { text: printed.heading, fontSize: 16, bold: true },
      { text: printed.subheading, style: 'muted', margin: [0, 2, 0, 12] },
      ...facts(printed),
      { columns: printed.parties.map(party), columnGap: 20, margin: [0, 16, 0, 16] },
      lines(printed),
      { columns: [{ text: '' }, totals(printed)], margin: [0, 8, 0, 16] },
      ...printed.remarks.map((text): Content => ({ text, margin: [0, 0, 0, 8] })),
      ...(printed.payment ? [payment(printed.payment)] : []),
      {
        columns: printed.signatures.map(([label, name]) => ({ text: `${label}: ______________ ${name}` })),
        margin: [0, 24, 0, 16],
      },
      { text: printed.footer, style: 'label' },
    ],
  };
}

function facts({ facts: rows }: PrintedDocument): Content[] {
  if (rows.length === 0) return [];
  const body = rows.map(([label, value]) => [{ text: label, style: 'muted' }, value]);
  return [{ table: { widths: ['32%', '*'], body } }];
}

function party({ label, rows }: PrintedDocument['parties'][number]): Content {
  const [name, ...rest] = rows;
  return {
    stack: [
      { text: label.toUpperCase(), style: 'label' },
      { text: name!, bold: true },
      ...rest.map((text) => ({ text })),
    ],
  };
}

function lines({ columns, lines: rows }: PrintedDocument): Content {
  return {
    layout: 'lightHorizontalLines',
    table: {
      headerRows: 1,
      widths: columns.map(({ kind }) => (kind === 'wide' ? '*' : 'auto')),
      body: [
        columns.map(({ title }) => ({ text: title, bold: true })),
        ...rows.map((cells) =>
          cells.map((text, index) =>
            columns[index]!.kind === 'number' ? { text, alignment: 'right' as const } : { text },
          ),
        ),
      ],
    },
  };
}

function totals({ totals: rows, total: [label, amount] }: PrintedDocument): Content {
  const body = rows.map(([name, value]) => [{ text: name }, { text: value, alignment: 'right' as const }]);
  return {
    layout: 'noBorders',
    table: {
      widths: ['*', 'auto'],
      body: [
        ...body,
        [
          { text: label, style: 'due' },
          { text: amount, style: 'due', alignment: 'right' as const },
        ],
      ],
    },
  };
}

function payment({ label, purpose, scan, qr }: PrintedPayment): Content {
  const words: Content = {
    stack: [
      { text: label.toUpperCase(), style: 'label' },
      { text: purpose },
      ...(qr ? [{ text: scan, style: 'muted' }] : []),
    ],
  };
  if (qr === null) return words;
  return { columns: [{ qr, fit: 110, eccLevel: 'M', width: 125 }, words], columnGap: 12, unbreakable: true };
}
