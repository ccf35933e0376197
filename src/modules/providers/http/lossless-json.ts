/**
 * JSON whose long numbers stay what they are: message ids of 19 digits and more lose their last digits as numbers, so numbers
 * of 16 digits and more become strings. Throws SyntaxError.
 */
export function parseLosslessJson(text: string): unknown {
  return JSON.parse(/\d{16}/.test(text) ? text.replace(STRINGS_AND_LONG_NUMBERS, quoteNumber) : text);
}

const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

function quoteNumber(token: string): string {
  return token.startsWith('"') ? token : `"${token}"`;
}
