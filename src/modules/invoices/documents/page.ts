import QRCode from 'qrcode';
import type { InvoiceView } from './view.js';

const STYLE = `
  @page { size: A4; margin: 18mm; }
  body { font: 14px/1.45 "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; color: #1b1f24; max-width: 190mm; margin: 12mm auto; padding: 0 6mm; }
  h1 { font-size: 22px; margin: 0 0 2px; } .muted { color: #5b6570; margin: 0 0 18px; }
  table { border-collapse: collapse; width: 100%; } td, th { padding: 7px 9px; text-align: left; vertical-align: top; }
  .bank td { border: 1px solid #c6ccd2; } .bank td:first-child { width: 32%; color: #5b6570; }
  .parties { display: flex; gap: 24px; margin: 20px 0; } .parties section { flex: 1; } h2 { font-size: 12px; letter-spacing: .04em; text-transform: uppercase; color: #5b6570; margin: 0 0 4px; } .parties p { margin: 0; } .parties p:first-of-type { font-weight: 600; }
  .lines th { border-bottom: 2px solid #1b1f24; font-size: 12px; } .lines td { border-bottom: 1px solid #dfe3e7; } .num { text-align: right; white-space: nowrap; }
  .totals { width: auto; margin: 10px 0 0 auto; } .totals td { padding: 3px 9px; } .due td { font-size: 18px; font-weight: 700; border-top: 2px solid #1b1f24; }
  .pay { display: flex; gap: 20px; align-items: center; margin: 26px 0; break-inside: avoid; } .pay svg { width: 38mm; height: 38mm; }
  .sign { display: flex; gap: 40px; margin-top: 34px; } .sign div { flex: 1; border-top: 1px solid #1b1f24; padding-top: 4px; font-size: 12px; }
  footer { margin-top: 26px; font-size: 12px; color: #5b6570; } @media print { body { margin: 0; padding: 0; } }`;

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);

/** Tagged template that escapes every value; arrays are joined, and only what {@link raw} marks passes as it is. */
function html(strings: TemplateStringsArray, ...values: unknown[]): Raw {
  return raw(strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''));
}

class Raw {
  constructor(readonly text: string) {}
}
const raw = (text: string): Raw => new Raw(text);

function render(value: unknown): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return value.map(render).join('');
  return escape(String(value));
}

/** The invoice as a page made for print. Needs no script and no other file. */
export async function renderPage(view: InvoiceView): Promise<string> {
  const { texts } = view;
  const code =
    view.qr === null
      ? null
      : raw(await QRCode.toString(view.qr, { type: 'svg', errorCorrectionLevel: 'M', margin: 0 }));
  return html`<!doctype html>
    <html lang="${view.locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${view.heading}</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>${view.heading}</h1>
        <p class="muted">${view.validUntil}</p>
        <table class="bank">
          ${view.bank.map(
            ([label, value]) =>
              html`<tr>
                <td>${label}</td>
                <td>${value}</td>
              </tr>`,
          )}
        </table>
        <div class="parties">
          <section>
            <h2>${texts.seller}</h2>
            ${view.seller.map((line) => html`<p>${line}</p>`)}
          </section>
          <section>
            <h2>${texts.payer}</h2>
            ${view.payer.map((line) => html`<p>${line}</p>`)}
          </section>
        </div>
        <table class="lines">
          <thead>
            <tr>
              <th>№</th>
              <th>${texts.service}</th>
              <th class="num">${texts.quantity}</th>
              <th>${texts.unit}</th>
              <th class="num">${texts.vat}</th>
              <th class="num">${texts.amount}</th>
            </tr>
          </thead>
          <tbody>
            ${view.lines.map(
              (line) =>
                html`<tr>
                  <td>${line.no}</td>
                  <td>${line.description}</td>
                  <td class="num">${line.quantity}</td>
                  <td>${line.unit}</td>
                  <td class="num">${line.vat}</td>
                  <td class="num">${line.amount}</td>
                </tr>`,
            )}
          </tbody>
        </table>
        <table class="totals">
          ${view.totals.map(
            ([label, value]) =>
              html`<tr>
                <td>${label}</td>
                <td class="num">${value}</td>
              </tr>`,
          )}
          <tr class="due">
            <td>${texts.total}</td>
            <td class="num">${view.total}</td>
          </tr>
        </table>
        <div class="pay">
          ${code ?? ''}
          <div>
            <h2>${texts.purpose}</h2>
            <p>${view.purpose}</p>
            ${code ? html`<p class="muted">${texts.scan}</p>` : ''}
          </div>
        </div>
        <div class="sign">${view.signatures.map(([label, name]) => html`<div>${label}: ${name}</div>`)}</div>
        <footer>${texts.offer}</footer>
      </body>
    </html> `.text;
}
