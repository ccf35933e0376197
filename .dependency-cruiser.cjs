/** The arrows of ARCHITECTURE.md, checked: entrypoints -> modules -> gateway, database, outbound, config -> kernel. */
const modules = (names) => `^src/modules/(${names.join('|')})/`;
const only = (from, allowed) => ({
  name: `modules-of-${from}`,
  comment: `${from} may know only: ${allowed.join(', ') || 'no other module'}`,
  severity: 'error',
  from: { path: `^src/modules/${from}/` },
  to: { path: '^src/modules/', pathNot: modules([from, ...allowed]) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'kernel-is-pure',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: {
        path: ['^src/(?!kernel/)', 'node_modules/(@nestjs|typeorm|pg|fastify)', '^(node:)?(fs|net|http|child_process)'],
      },
    },
    {
      name: 'config-knows-kernel-only',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/(?!config|kernel)' },
    },
    {
      name: 'database-below-modules',
      severity: 'error',
      from: { path: '^src/database/' },
      to: { path: '^src/(?!database|config|kernel)' },
    },
    {
      name: 'outbound-knows-kernel-only',
      severity: 'error',
      from: { path: '^src/outbound/' },
      to: { path: '^src/(?!outbound|kernel)' },
    },
    {
      name: 'gateway-below-modules',
      severity: 'error',
      from: { path: '^src/gateway/' },
      to: { path: '^src/(?!gateway|database|config|kernel)' },
    },
    {
      name: 'modules-below-entrypoints',
      severity: 'error',
      from: { path: '^src/modules/' },
      to: { path: '^src/(entrypoints|main)' },
    },
    {
      name: 'only-through-the-door',
      comment: 'A module is entered through its index.ts.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/[^/]+/(?!index\\.ts$)', pathNot: '^src/modules/$1/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/modules/[^/]+/domain/', pathNot: '\\.spec\\.ts$' },
      to: {
        path: ['^src/(?!kernel/)', 'node_modules/(@nestjs|typeorm|pg|fastify)'],
        pathNot: '^src/modules/[^/]+/domain/',
      },
    },
    {
      name: 'audit-is-a-leaf',
      severity: 'error',
      from: { path: '^src/modules/(?!audit)' },
      to: { path: '^src/modules/audit/' },
    },
    only('accounts', []),
    only('identity', ['accounts']),
    only('tariffs', ['accounts']),
    only('wallets', ['accounts']),
    only('subscriptions', ['wallets', 'tariffs', 'accounts']),
    only('payments', ['invoices', 'wallets', 'accounts', 'tariffs']),
    only('documents', []),
    only('invoices', ['documents', 'wallets', 'accounts', 'tariffs']),
    only('acts', ['documents', 'invoices', 'accounts']),
    only('contacts', ['accounts']),
    only('templates', ['accounts', 'tariffs']),
    only('providers', ['accounts', 'numbers']),
    only('numbers', ['accounts']),
    only('senders', ['accounts']),
    only('messages', ['wallets', 'tariffs', 'templates', 'contacts', 'providers', 'senders', 'accounts']),
    only('campaigns', ['messages', 'wallets', 'tariffs', 'templates', 'contacts', 'providers', 'senders', 'accounts']),
    only('missed-calls', ['messages', 'tariffs', 'templates', 'senders', 'accounts']),
    only('inbound', ['messages', 'contacts', 'providers', 'accounts']),
    only('statistics', ['accounts']),
    only('alerts', ['accounts']),
    only('webhooks', ['inbound', 'accounts']),
    only('operations', ['messages', 'providers', 'statistics', 'accounts', 'wallets']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
