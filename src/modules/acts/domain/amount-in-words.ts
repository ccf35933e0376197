import { type Micros, MICROS_PER_MINOR, MICROS_PER_UNIT } from '../../../kernel/money.js';

type Forms = [one: string, few: string, many: string];

const HUNDREDS = [
  '',
  'сто',
  'двести',
  'триста',
  'четыреста',
  'пятьсот',
  'шестьсот',
  'семьсот',
  'восемьсот',
  'девятьсот',
];
const TENS = [
  '',
  '',
  'двадцать',
  'тридцать',
  'сорок',
  'пятьдесят',
  'шестьдесят',
  'семьдесят',
  'восемьдесят',
  'девяносто',
];
const TEENS = [
  'десять',
  'одиннадцать',
  'двенадцать',
  'тринадцать',
  'четырнадцать',
  'пятнадцать',
  'шестнадцать',
  'семнадцать',
  'восемнадцать',
  'девятнадцать',
];
const ONES = ['', 'один', 'два', 'три', 'четыре', 'пять', 'шесть', 'семь', 'восемь', 'девять'];
const SCALES: Forms[] = [
  ['рубль', 'рубля', 'рублей'],
  ['тысяча', 'тысячи', 'тысяч'],
  ['миллион', 'миллиона', 'миллионов'],
  ['миллиард', 'миллиарда', 'миллиардов'],
  ['триллион', 'триллиона', 'триллионов'],
];
const KOPECKS: Forms = ['копейка', 'копейки', 'копеек'];

/**
 * Roubles as Russian documents write them: `Одна тысяча двести рублей 05 копеек`; kopecks in figures. `micros` has at most two decimals;
 * below zero the words begin with `минус`.
 */
export function roublesInWords(micros: Micros): string {
  const absolute = micros < 0n ? -micros : micros;
  const kopecks = Number((absolute % MICROS_PER_UNIT) / MICROS_PER_MINOR);
  const words = [
    ...(micros < 0n ? ['минус'] : []),
    ...wholeInWords(absolute / MICROS_PER_UNIT),
    String(kopecks).padStart(2, '0'),
    form(kopecks, KOPECKS),
  ].join(' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

function wholeInWords(units: bigint): string[] {
  if (units === 0n) return ['ноль', SCALES[0]![2]];
  const groups: number[] = [];
  for (let rest = units; rest > 0n; rest /= 1000n) groups.push(Number(rest % 1000n));
  return groups
    .map((group, scale) => [
      ...groupInWords(group, scale === 1),
      ...(group > 0 || scale === 0 ? [form(group, SCALES[scale]!)] : []),
    ])
    .toReversed()
    .flat();
}

/** A number below a thousand; thousands are feminine. */
function groupInWords(group: number, feminine: boolean): string[] {
  const [hundreds, rest] = [Math.floor(group / 100), group % 100];
  const ones = (digit: number) => (feminine && digit === 1 ? 'одна' : feminine && digit === 2 ? 'две' : ONES[digit]!);
  const below = rest >= 10 && rest < 20 ? [TEENS[rest - 10]!] : [TENS[Math.floor(rest / 10)]!, ones(rest % 10)];
  return [HUNDREDS[hundreds]!, ...below].filter(Boolean);
}

function form(count: number, [one, few, many]: Forms): string {
  const [tens, units] = [count % 100, count % 10];
  if (tens >= 11 && tens <= 14) return many;
  return units === 1 ? one : units >= 2 && units <= 4 ? few : many;
}
