/** Imports point one way: api, cli, workers -> workflows, activities -> store, clients -> domain. */
const rooms = {
  domain: [],
  contract: ['domain'],
  config: ['domain'],
  telemetry: ['domain', 'config'],
  clients: ['domain', 'config'],
  store: ['domain', 'config', 'clients', 'local'],
  activities: ['domain', 'contract', 'clients', 'store', 'config', 'telemetry'],
  workflows: ['domain', 'contract'],
  console: ['domain'],
  api: ['domain', 'contract', 'config', 'telemetry', 'clients', 'store', 'workflows'],
  workers: ['domain', 'contract', 'config', 'telemetry', 'clients', 'store', 'activities', 'workflows'],
  local: [],
  cli: [
    'domain',
    'contract',
    'config',
    'telemetry',
    'clients',
    'store',
    'activities',
    'workflows',
    'workers',
    'api',
    'local',
  ],
};

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-undeclared-package',
      severity: 'error',
      from: { path: '^src' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(test|bench|examples|tools|dev)/' },
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports-inward`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      to: {
        path: '^src/',
        pathNot: `^src/(${[room, ...allowed].join('|')})/`,
        // Workflows may name an activity's type, and the console what the API answers; types do not exist at run time.
        ...(room === 'workflows' || room === 'console' ? { dependencyTypesNot: ['type-only'] } : {}),
      },
    })),
    {
      name: 'workflow-types-only-from-activities',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '^src/(?!workflows/|domain/|contract/|activities/)' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-temporal-in-domain-and-clients',
      severity: 'error',
      from: { path: '^src/(domain|config)/' },
      to: { path: 'node_modules/@temporalio' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { conditionNames: ['import', 'node', 'default', 'types'], exportsFields: ['exports'] },
  },
};
