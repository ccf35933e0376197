/** What a whole message of one word may ask for. */
export type ConsentWish = 'stop' | 'start';

/**
 * By language: what people write who want no more messages, and who want them again. Only what means nothing else as an answer
 * to a message of ours: CANCEL, ОТМЕНА and YES answer reminders of appointments.
 */
export const CONSENT_WORDS: Readonly<Record<string, Readonly<Record<ConsentWish, readonly string[]>>>> = {
  en: {
    stop: ['STOP', 'STOP ALL', 'STOPALL', 'UNSUBSCRIBE', 'OPT OUT', 'OPT-OUT', 'OPTOUT', 'QUIT', 'END'],
    start: ['START', 'UNSTOP', 'SUBSCRIBE', 'RESUME'],
  },
  ru: {
    stop: ['СТОП', 'КОНЕЦ', 'ОТПИСКА', 'ОТПИСАТЬСЯ', 'ОТПИСАТЬ', 'ОТПИШИТЕ', 'НЕ ПИШИТЕ'],
    start: ['СТАРТ', 'ПОДПИСКА', 'ПОДПИСАТЬСЯ', 'ВОЗОБНОВИТЬ'],
  },
  uk: { stop: ['СТОП', 'КІНЕЦЬ', 'ВІДПИСАТИСЯ', 'ВІДПИСКА'], start: ['СТАРТ', 'ПІДПИСАТИСЯ', 'ПІДПИСКА'] },
  pl: {
    stop: ['STOP', 'KONIEC', 'WYPISZ', 'WYPISZ MNIE', 'REZYGNUJĘ', 'REZYGNACJA'],
    start: ['START', 'WZNÓW', 'ZAPISZ', 'ZAPISZ MNIE'],
  },
  el: { stop: ['ΣΤΟΠ', 'ΤΕΛΟΣ', 'ΔΙΑΚΟΠΗ', 'ΔΙΑΓΡΑΦΗ'], start: ['ΣΤΑΡΤ', 'ΕΝΑΡΞΗ', 'ΕΓΓΡΑΦΗ'] },
  de: { stop: ['STOPP', 'STOP', 'ABMELDEN', 'ABBESTELLEN'], start: ['START', 'ANMELDEN'] },
  fr: { stop: ['STOP', 'ARRÊT', 'ARRÊTER', 'DÉSABONNER'], start: ['START', 'DÉBUT', 'ABONNER'] },
  es: { stop: ['STOP', 'ALTO', 'BAJA', 'PARAR'], start: ['START', 'ALTA', 'INICIAR'] },
  it: { stop: ['STOP', 'FERMA', 'FERMARE'], start: ['START', 'INIZIA'] },
  cs: { stop: ['STOP', 'KONEC', 'ODHLÁSIT'], start: ['START', 'PŘIHLÁSIT'] },
  sv: { stop: ['STOPP', 'SLUTA', 'AVSLUTA'], start: ['START', 'STARTA'] },
};

/** Greek and Cyrillic capitals that look like Latin ones: phones and people mix them, and GSM-7 has no others. */
const LOOK_ALIKES = new Map(
  [
    ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'ABEZHIKMNOPTYX'],
    ['АВЕКМНОРСТУХІ', 'ABEKMHOPCTYXI'],
    ['Ł', 'L'],
  ].flatMap(([from, to]) => [...from!].map((letter, index) => [letter, to![index]!] as const)),
);

const WISHES = new Map<string, ConsentWish>(
  Object.values(CONSENT_WORDS).flatMap((words) =>
    (['stop', 'start'] as const).flatMap((wish) => words[wish].map((word) => [fold(word), wish] as const)),
  ),
);

/** What the message asks for, when that word is all there is to it; null: it is a message like any other. */
export function consentWish(text: string): ConsentWish | null {
  // The longest word has a tenth of this; a whole letter is not worth the folding.
  return text.length > 100 ? null : (WISHES.get(fold(text)) ?? null);
}

/** Without accents, case, punctuation around it, and the difference between letters that look the same. */
function fold(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
    .replace(/\s+/g, ' ');
  return [...plain].map((letter) => LOOK_ALIKES.get(letter) ?? letter).join('');
}
