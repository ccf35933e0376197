/** Every right that a user or an API key of an account can hold: `<resource>:<verb>`. */
export const TENANT_PERMISSIONS = [
  'account:read',
  'account:write',
  'acts:read',
  'api-keys:read',
  'api-keys:write',
  'campaigns:read',
  'campaigns:write',
  'contacts:read',
  'contacts:write',
  'deposit-proofs:read',
  'deposit-proofs:write',
  'invoices:read',
  'invoices:write',
  'messages:read',
  'messages:send',
  'missed-calls:read',
  'missed-calls:write',
  'missed-calls:create',
  'missed-calls:delete',
  'payers:read',
  'payers:write',
  'payments:read',
  'prices:read',
  'providers:read',
  'providers:write',
  'senders:read',
  'senders:write',
  'statistics:read',
  'subscriptions:read',
  'subscriptions:write',
  'templates:read',
  'templates:write',
  'users:read',
  'users:write',
  'wallets:read',
  'webhooks:read',
  'webhooks:write',
] as const;
export type TenantPermission = (typeof TENANT_PERMISSIONS)[number];

/** What a portal's key may hold beside the rights of its accounts: list and open accounts of the portal. */
export const PORTAL_PERMISSIONS = ['accounts:read', 'accounts:write'] as const;

export const ROLES = ['owner', 'manager', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export const STAFF_ROLES = ['admin', 'operations', 'finance', 'support'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** Changing who may do what stays with owners, unless a user's own list says otherwise. */
const OWNERS_ONLY: readonly string[] = [
  'account:write',
  'api-keys:write',
  'providers:write',
  'users:write',
  'webhooks:write',
];

const BY_ROLE: Record<Role, readonly TenantPermission[]> = {
  owner: TENANT_PERMISSIONS,
  manager: TENANT_PERMISSIONS.filter((permission) => !OWNERS_ONLY.includes(permission)),
  viewer: TENANT_PERMISSIONS.filter((permission) => permission.endsWith(':read')),
};

/** Staff rights are patterns, because every module names its own: `*`, `<resource>:*` or `*:read`. */
const BY_STAFF_ROLE: Record<StaffRole, readonly string[]> = {
  admin: ['*'],
  operations: [
    '*:read',
    'accounts:*',
    'numbers:*',
    'providers:*',
    'routes:*',
    'senders:*',
    'services:*',
    'subscriptions:*',
    'tariffs:*',
    'messages:*',
    'portals:*',
    'users:*',
    'api-keys:*',
  ],
  finance: [
    '*:read',
    'payments:*',
    'deposit-proofs:*',
    'invoices:*',
    'wallets:*',
    'services:*',
    'subscriptions:*',
    'tariffs:*',
    'sellers:*',
    'acts:*',
  ],
  support: ['*:read', 'templates:*'],
};

/** A user's rights: the list that was set for the user, or else what the role gives. Owners always have all. */
export function permissionsOf(role: Role, own: readonly string[] | null): ReadonlySet<string> {
  return new Set(role === 'owner' ? BY_ROLE.owner : (own ?? BY_ROLE[role]));
}

/** Whether `holder` may hand out `wanted`: nobody gives what they do not have. */
export function mayGrant(holder: ReadonlySet<string>, wanted: Iterable<string>): boolean {
  if (holder.has('*')) return true;
  for (const permission of wanted) if (!holder.has(permission)) return false;
  return true;
}

/** What staff may hand out within accounts, once their own right to do so at all was checked. */
export const EVERYTHING: ReadonlySet<string> = new Set(['*']);

/** The rights of a staff role; answers `has` by pattern, so that a module's new right needs no change here. */
export class StaffPermissions extends Set<string> {
  constructor(readonly role: StaffRole) {
    super(BY_STAFF_ROLE[role]);
  }

  override has(permission: string): boolean {
    if (super.has('*') || super.has(permission)) return true;
    const [resource, verb] = permission.split(':');
    return super.has(`${resource}:*`) || super.has(`*:${verb}`);
  }
}

/** What is left of rights while an account is suspended: looking. */
export function readOnly(permissions: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...permissions].filter((permission) => permission.endsWith(':read')));
}
