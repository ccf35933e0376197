/** Bank code and number, as German and Austrian banks write an account into `:25:`. */
const LOCAL = /^(\d{8})\/(\d{1,10})$/;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/;

/**
 * Whether two ways of writing name one bank account: blanks and case do not matter; Polish and Greek banks leave the country away, others write
 * bank code and number, which an IBAN ends with.
 */
export function isSameAccount(ours: string, theirs: string): boolean {
  const [a, b] = [bare(ours), bare(theirs)];
  if (a === b) return true;
  if (IBAN.test(a) !== IBAN.test(b)) {
    const [iban, other] = IBAN.test(a) ? [a, b] : [b, a];
    return other.length > 9 && (iban.slice(2) === other || iban.slice(4) === localTail(other));
  }
  return false;
}

function localTail(account: string): string | null {
  const match = LOCAL.exec(account);
  return match ? match[1]! + match[2]!.padStart(10, '0') : null;
}

const bare = (account: string): string => account.replace(/[\s\u00a0]/g, '').toUpperCase();
