/** The number as it stands on the document: `К-2026-17`. */
export function documentNumber(series: string, year: number, number: number): string {
  return `${series}-${year}-${number}`;
}

/** Document numbers that a payment's purpose may mean, in the order in which they stand there. Lets people drop leading zeros or type blanks around dashes. */
export function numbersInPurpose(purpose: string): string[] {
  const found = purpose
    .toUpperCase()
    .matchAll(/(?<![A-ZА-Я0-9-])([A-ZА-Я0-9]{1,8})\s*[-–—]\s*(20\d{2})\s*[-–—]\s*0*(\d{1,9})(?!\d)/gu);
  return [
    ...new Set([...found].map(([, series, year, number]) => documentNumber(series!, Number(year), Number(number)))),
  ];
}
