import type { ProviderLifecycle } from './provider.js';

/** Who waits for whom at a provider: one-time codes first, campaigns last. */
export const LANES = ['otp', 'transactional', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** One line of the book. */
export interface Route {
  id: string;
  /** Leading digits of the recipient; empty matches every number. */
  prefix: string;
  /** Null: all lanes. */
  lane: Lane | null;
  /** 1 is tried first; a higher tier takes over when nothing in the lower ones is usable. */
  tier: number;
  /** Share within its tier. */
  weight: number;
  providerId: string;
  providerStatus: ProviderLifecycle;
  /** None of its links could send for a while. */
  providerFailing?: boolean;
  /** The account that owns the provider: only its messages go there. Absent or null: the operator's own. */
  ownerAccountId?: string | null;
}

export interface RoutePick {
  providerId: string;
  /** The other providers that may take the message when this one fails, or refuses it with a code that is passed on; best first. */
  alternatives: string[];
}

/**
 * Which provider carries a number. The longest prefix that has any route decides, and shorter ones are no fallback: somebody
 * wrote the specific one for a reason. Among its routes those of the message's own lane come before those of all lanes, usable
 * providers before paused and failing ones, lower tiers before higher ones; inside a tier the draw is weighted. When every provider is
 * paused the best of them is still picked: the message waits there visibly instead of being refused.
 */
export class RouteBook {
  private readonly byPrefix = new Map<string, Route[]>();
  private readonly longest: number;
  private readonly owned = new Map<string, RouteBook>();

  constructor(routes: readonly Route[]) {
    const owners = new Set(routes.flatMap(({ ownerAccountId }) => ownerAccountId ?? []));
    for (const owner of owners) {
      const own = routes.filter(({ ownerAccountId }) => ownerAccountId === owner);
      this.owned.set(owner, new RouteBook(own.map((route) => ({ ...route, ownerAccountId: null }))));
    }
    for (const route of routes) {
      if (route.ownerAccountId) continue;
      const known = this.byPrefix.get(route.prefix);
      if (known) known.push(route);
      else this.byPrefix.set(route.prefix, [route]);
    }
    this.longest = Math.max(0, ...[...this.byPrefix.keys()].map(({ length }) => length));
  }

  /**
   * The routes of one account: to its own providers where those lead, else the operator's. Also a paused provider of its own is not
   * passed by: what the account pays for elsewhere would cost it here.
   */
  forAccount(accountId: string): Pick<RouteBook, 'pick'> {
    const own = this.owned.get(accountId);
    return own ? { pick: (digits, lane) => own.pick(digits, lane) ?? this.pick(digits, lane) } : this;
  }

  /** Pure: the same number gets the same draw, so that a person's messages stay on one path and in order. Null: no route. */
  pick(digits: string, lane: Lane): RoutePick | null {
    for (let length = Math.min(this.longest, digits.length); length >= 0; length--) {
      const routes = this.byPrefix.get(digits.slice(0, length))?.filter((route) => !route.lane || route.lane === lane);
      if (routes && routes.length > 0) return rank(routes, fraction(digits));
    }
    return null;
  }
}

function rank(routes: Route[], draw: number): RoutePick {
  const order = (route: Route) => [usable(route) ? 0 : 1, route.lane ? 0 : 1, route.tier] as const;
  const sameClass = (one: Route, other: Route) => order(one).every((part, index) => part === order(other)[index]);
  const rest = routes.toSorted(
    (one, other) => compare(order(one), order(other)) || one.providerId.localeCompare(other.providerId),
  );
  const best = rest.filter((route) => sameClass(route, rest[0]!));
  const chosen = best.length === 1 ? best[0]! : drawWeighted(best, draw);
  const alternatives = rest.map(({ providerId }) => providerId).filter((id) => id !== chosen.providerId);
  return { providerId: chosen.providerId, alternatives: [...new Set(alternatives)] };
}

const usable = (route: Route) => route.providerStatus === 'active' && !route.providerFailing;

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((part, at) => part !== other[at]);
  return index < 0 ? 0 : one[index]! - other[index]!;
}

/** `draw` in [0, 1) over the weights. */
function drawWeighted(routes: Route[], draw: number): Route {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  let left = draw * total;
  for (const route of routes) {
    left -= route.weight;
    if (left < 0) return route;
  }
  return routes.at(-1)!;
}

/** FNV-1a with a final mix: neighbouring numbers draw independently. */
function fraction(digits: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < digits.length; index++) hash = Math.imul(hash ^ digits.charCodeAt(index), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}
