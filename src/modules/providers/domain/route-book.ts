import type { ProviderLifecycle } from './provider.js';

/** Who waits for whom at a provider: one-time codes first, campaigns last. */
export const LANES = ['otp', 'transactional', 'bulk'] as const;
export type Lane = (typeof LANES)[number];

/** One line of the book. */
export interface Route {
  id: string;
  /** Leading digits of the recipient; empty matches every number. */
  prefix: string;
  /** Only numbers of this operator; absent or null: of any, also of those that nobody knows. */
  operatorCode?: string | null;
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

/** Whose a number is; null: nobody knows. */
export type OperatorOf = (digits: string) => string | null;

/** Routes of one prefix. */
interface PrefixRoutes {
  any: Route[];
  byOperator: Map<string, Route[]>;
}

/**
 * Which provider carries a number. The longest prefix that has any route for it decides, and of its routes those for the number's
 * operator; shorter prefixes, and routes of the same prefix for any operator, are no fallback: somebody wrote the specific one for a
 * reason. Among the routes that are left those of the message's own lane come before those of all lanes, usable
 * providers before paused and failing ones, lower tiers before higher ones; inside a tier the draw is weighted. When every provider is
 * paused the best of them is still picked: the message waits there visibly instead of being refused.
 */
export class RouteBook {
  private readonly byPrefix = new Map<string, PrefixRoutes>();
  private readonly longest: number;
  private readonly owned = new Map<string, RouteBook>();
  /** Whether it matters whose a number is: looked up for each, and only then. */
  private readonly namesOperators: boolean;

  constructor(
    routes: readonly Route[],
    private readonly operatorOf: OperatorOf = () => null,
  ) {
    const owners = new Set(routes.flatMap(({ ownerAccountId }) => ownerAccountId ?? []));
    for (const owner of owners) {
      const own = routes.filter(({ ownerAccountId }) => ownerAccountId === owner);
      this.owned.set(
        owner,
        new RouteBook(
          own.map((route) => ({ ...route, ownerAccountId: null })),
          operatorOf,
        ),
      );
    }
    const common = routes.filter(({ ownerAccountId }) => !ownerAccountId);
    for (const route of common) this.add(route);
    this.namesOperators = common.some(({ operatorCode }) => operatorCode);
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
    const operator = this.namesOperators ? this.operatorOf(digits) : null;
    for (let length = Math.min(this.longest, digits.length); length >= 0; length--) {
      const routes = this.routesAt(digits.slice(0, length), lane, operator);
      if (routes.length > 0) return rank(routes, fraction(digits));
    }
    return null;
  }

  private add(route: Route): void {
    let known = this.byPrefix.get(route.prefix);
    if (!known) this.byPrefix.set(route.prefix, (known = { any: [], byOperator: new Map() }));
    if (!route.operatorCode) return void known.any.push(route);
    const routes = known.byOperator.get(route.operatorCode);
    if (routes) routes.push(route);
    else known.byOperator.set(route.operatorCode, [route]);
  }

  private routesAt(prefix: string, lane: Lane, operator: string | null): readonly Route[] {
    const known = this.byPrefix.get(prefix);
    if (!known) return NONE;
    const inLane = (route: Route) => !route.lane || route.lane === lane;
    const ofOperator = operator === null ? NONE : (known.byOperator.get(operator)?.filter(inLane) ?? NONE);
    return ofOperator.length > 0 ? ofOperator : known.any.filter(inLane);
  }
}

const NONE: readonly Route[] = [];

function rank(routes: readonly Route[], draw: number): RoutePick {
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
