import { ENTRY_KINDS, type EntryKind } from './movement.js';

/** What entries are for. A kind of entry has one source; the other way round a source has several kinds. */
export const ENTRY_SOURCES = ['messages', 'campaigns', 'subscriptions', 'payments', 'adjustments'] as const;
export type EntrySource = (typeof ENTRY_SOURCES)[number];

const SOURCE_OF: Record<EntryKind, EntrySource> = {
  hold: 'messages',
  capture: 'messages',
  release: 'messages',
  refund: 'messages',
  reserve: 'campaigns',
  unreserve: 'campaigns',
  purchase: 'subscriptions',
  top_up: 'payments',
  bank_reversal: 'payments',
  adjustment: 'adjustments',
};

export const sourceOf = (kind: EntryKind): EntrySource => SOURCE_OF[kind];

/** Money that comes in or is corrected is for no service in particular. */
export type ServiceCode = string | null;

/** Which service an entry is for: what was bought, or the one whose wallet it is, for messages and campaigns. */
export function serviceOf(kind: EntryKind, bought: string | undefined, walletService: string): ServiceCode {
  switch (sourceOf(kind)) {
    case 'subscriptions':
      return bought ?? null;
    case 'messages':
    case 'campaigns':
      return walletService;
    default:
      return null;
  }
}

/** By time, newest or oldest first; or grouped by service or source, and newest first within a group. */
export const STATEMENT_SORTS = ['-at', 'at', 'service', 'source'] as const;
export type StatementSort = (typeof STATEMENT_SORTS)[number];

export interface StatementFilter {
  kinds?: readonly EntryKind[];
  sources?: readonly EntrySource[];
  service?: string;
  sort: StatementSort;
}

/** A run of a wallet's entries that an index gives in order of time. */
export interface Slice {
  kind: EntryKind;
  /** Of purchases, those of one service; null: all of the kind. */
  bought: string | null;
  /** Slices of a group are merged by time; groups follow each other in the order of the list. Empty: no group, or no service. */
  group: string;
}

/** Whether a statement asks for everything in order of time: one index gives that, and nothing has to be merged. */
export function isPlain({ kinds, sources, service, sort }: StatementFilter): boolean {
  return !kinds?.length && !sources?.length && service === undefined && (sort === 'at' || sort === '-at');
}

/**
 * What a statement is put together from, group by group in the order in which they are shown.
 *
 * @param boughtServices codes of all services that were ever bought from the wallet; needed for sorting by service only
 */
export function slicesOf(
  filter: StatementFilter,
  walletService: string,
  boughtServices: readonly string[] = [],
): Slice[] {
  const slices = ENTRY_KINDS.filter((kind) => isWanted(kind, filter, walletService)).flatMap((kind): Slice[] => {
    if (filter.sort === 'source') return [{ kind, bought: boughtIn(kind, filter), group: sourceOf(kind) }];
    if (filter.sort !== 'service') return [{ kind, bought: boughtIn(kind, filter), group: '' }];
    if (kind !== 'purchase') return [{ kind, bought: null, group: serviceOf(kind, undefined, walletService) ?? '' }];
    const codes = filter.service === undefined ? boughtServices : [filter.service];
    return codes.map((code) => ({ kind, bought: code, group: code }));
  });
  return slices.toSorted((a, b) => compareGroups(filter.sort, a.group, b.group));
}

/** Negative when the first group is shown before the second: sources in their order, services by code, what is for none of them last. */
export function compareGroups(sort: StatementSort, a: string, b: string): number {
  if (a === b) return 0;
  if (sort === 'source') return sourceRank(a) - sourceRank(b);
  if (a === '' || b === '') return a === '' ? 1 : -1;
  return a < b ? -1 : 1;
}

const sourceRank = (source: string): number => (ENTRY_SOURCES as readonly string[]).indexOf(source);

const boughtIn = (kind: EntryKind, { service }: StatementFilter): string | null =>
  kind === 'purchase' ? (service ?? null) : null;

function isWanted(kind: EntryKind, { kinds, sources, service }: StatementFilter, walletService: string): boolean {
  if (kinds?.length && !kinds.includes(kind)) return false;
  if (sources?.length && !sources.includes(sourceOf(kind))) return false;
  if (service === undefined) return true;
  return serviceOf(kind, service, walletService) === service;
}
