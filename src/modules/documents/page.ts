import QRCode from 'qrcode';
import { html, type Raw, raw } from './html.js';
import type { PrintedColumn, PrintedDocument, PrintedPayment } from './printed-document.js';

const STYLE = `
  @page { size: A4; margin: 18mm; }
  body { font: 14px/1.45 "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; color: #1b1f24; max-width: 190mm; margin: 12mm auto; padding: 0 6mm; }
  h1 { font-size: 22px; margin: 0 0 2px; } .muted { color: #5b6570; margin: 0 0 18px; }
  table { border-collapse: collapse; width: 100%; } td, th { padding: 7px 9px; text-align: left; vertical-align: top; }
  .facts td { border: 1px solid #c6ccd2; } .facts td:first-child { width: 32%; color: #5b6570; }
  .parties { display: flex; gap: 24px; margin: 20px 0; } .parties section { flex: 1; } h2 { font-size: 12px; letter-spacing: .04em; text-transform: uppercase; color: #5b6570; margin: 0 0 4px; } .parties p { margin: 0; } .parties p:first-of-type { font-weight: 600; }
  .lines th { border-bottom: 2px solid #1b1f24; font-size: 12px; } .lines td { border-bottom: 1px solid #dfe3e7; } .num { text-align: right; white-space: nowrap; }
  .totals { width: auto; margin: 10px 0 0 auto; } .totals td { padding: 3px 9px; } .due td { font-size: 18px; font-weight: 700; border-top: 2px solid #1b1f24; }
  .pay { display: flex; gap: 20px; align-items: center; margin: 26px 0; break-inside: avoid; } .pay svg { width: 38mm; height: 38mm; }
  .sign { display: flex; gap: 40px; margin-top: 34px; } .sign div { flex: 1; border-top: 1px solid #1b1f24; padding-top: 4px; font-size: 12px; }
  footer { margin-top: 26px; font-size: 12px; color: #5b6570; } @media print { body { margin: 0; padding: 0; } }`;

/** A document as a page made for print. Needs no script and no other file. */
export async function renderPage(printed: PrintedDocument): Promise<string> {
  const payment = printed.payment ? await payBlock(printed.payment) : '';
  return html`<!doctype html>
    <html lang="${printed.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${printed.heading}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${printed.heading}</h1>
        <p class="muted">${printed.subheading}</p>
        ${printed.facts.length > 0 ? facts(printed) : ''}
        <div class="parties">
          ${printed.parties.map(
            ({ label, rows }) =>
              html`<section>
                <h2>${label}</h2>
                ${rows.map((row) => html`<p>${row}</p>`)}
              </section>`,
          )}
        </div>
        ${lines(printed)} ${totals(printed)} ${printed.remarks.map((remark) => html`<p>${remark}</p>`)} ${payment}
        <div class="sign">${printed.signatures.map(([label, name]) => html`<div>${label}: ${name}</div>`)}</div>
        <footer>${printed.footer}</footer>
      </body>
    </html> `.text;
}

function facts({ facts: rows }: PrintedDocument): Raw {
  return html`<table class="facts">
    ${rows.map(
      ([label, value]) =>
        html`<tr>
          <td>${label}</td>
          <td>${value}</td>
        </tr>`,
    )}
  </table>`;
}

const cellClass = ({ kind }: PrintedColumn): Raw => raw(kind === 'number' ? ' class="num"' : '');

function lines({ columns, lines: rows }: PrintedDocument): Raw {
  return html`<table class="lines">
    <thead>
      <tr>
        ${columns.map((column) => html`<th${cellClass(column)}>${column.title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, index) => html`<td${cellClass(columns[index]!)}>${cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function totals({ totals: rows, total: [label, amount] }: PrintedDocument): Raw {
  return html`<table class="totals">
    ${rows.map(
      ([name, value]) =>
        html`<tr>
          <td>${name}</td>
          <td class="num">${value}</td>
        </tr>`,
    )}
    <tr class="due">
      <td>${label}</td>
      <td class="num">${amount}</td>
    </tr>
  </table>`;
}

async function payBlock({ label, purpose, scan, qr }: PrintedPayment): Promise<Raw> {
  const code =
    qr === null ? null : raw(await QRCode.toString(qr, { type: 'svg', errorCorrectionLevel: 'M', margin: 0 }));
  return html`<div class="pay">
    ${code ?? ''}
    <div>
      <h2>${label}</h2>
      <p>${purpose}</p>
      ${code ? html`<p class="muted">${scan}</p>` : ''}
    </div>
  </div>`;
}
