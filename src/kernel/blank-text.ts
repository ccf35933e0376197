/** Blanks of every kind, and what takes no ink at all: zero-width characters, fillers, marks of direction, the empty braille cell. */
const NOTHING_TO_SEE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]*$/u;

/** Whether nobody would see anything of the text. */
export function isBlank(text: string): boolean {
  return NOTHING_TO_SEE.test(text);
}
