import { mayGrant, permissionsOf, readOnly, StaffPermissions } from './permissions.js';

describe('Rights', () => {
  it('come from the role, or from a list instead; owners have all', () => {
    expect(permissionsOf('viewer', null).has('messages:send')).toBe(false);
    expect(permissionsOf('viewer', null).has('messages:read')).toBe(true);
    expect(permissionsOf('manager', null).has('messages:send')).toBe(true);
    expect(permissionsOf('manager', null).has('users:write')).toBe(false);
    expect(permissionsOf('viewer', ['messages:send'])).toEqual(new Set(['messages:send']));
    expect(permissionsOf('viewer', [])).toEqual(new Set());
    expect(permissionsOf('owner', ['messages:send']).has('users:write')).toBe(true);
  });

  it('are handed out by those who have them', () => {
    const manager = permissionsOf('manager', null);
    expect(mayGrant(manager, permissionsOf('viewer', null))).toBe(true);
    expect(mayGrant(manager, permissionsOf('owner', null))).toBe(false);
    expect(mayGrant(new Set(['*']), permissionsOf('owner', null))).toBe(true);
    expect(mayGrant(new Set(), [])).toBe(true);
  });

  it('of a suspended account are those of looking', () => {
    expect(readOnly(new Set(['messages:read', 'messages:send', 'account:write']))).toEqual(new Set(['messages:read']));
  });

  it.each([
    ['admin', 'anything:whatever', true],
    ['operations', 'providers:write', true],
    ['operations', 'payments:read', true],
    ['operations', 'payments:write', false],
    ['operations', 'staff:write', false],
    ['finance', 'payments:write', true],
    ['finance', 'accounts:write', false],
    ['support', 'accounts:read', true],
    ['support', 'users:write', false],
    ['support', '*', false],
  ] as const)('%s staff: %s is %s', (role, permission, allowed) => {
    expect(new StaffPermissions(role).has(permission)).toBe(allowed);
  });
});
