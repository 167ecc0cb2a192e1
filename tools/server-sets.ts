import { DEMO_SERVERS, PLAYGROUND_SERVERS } from '../examples/flash-sale/platform/servers.ts';
import { EXAMPLE_SERVERS } from '../examples/runner/stack/servers.ts';
import { controlPlaneServers, type ServerName } from '../dev/stack/index.ts';

/** What the checks and suites of `make test` start. */
export const TEST_SERVERS = [
  'temporal',
  'temporal-server',
  'temporal-sql-tool',
  'opa',
  'regal',
  ...controlPlaneServers,
  'rollouts-controller',
  'prometheus',
  'promtool',
  'alertmanager',
  'amtool',
  'helm',
  'kubeconform',
] as const satisfies readonly ServerName[];

/** Whole installations export what they do as well, and are run by the commands of the documentation. */
export const INSTALLATION_SERVERS = [...TEST_SERVERS, 'kubectl', 'otelcol'] as const satisfies readonly ServerName[];

/** By the make target that needs them all. */
export const SERVER_SETS: Readonly<Record<string, readonly ServerName[]>> = {
  demo: DEMO_SERVERS,
  playground: PLAYGROUND_SERVERS,
  examples: EXAMPLE_SERVERS,
  test: TEST_SERVERS,
  'test-e2e': INSTALLATION_SERVERS,
};
