import { describeCommands } from '../../../src/cli/describe-commands.ts';
import { REMEDIATION_WORKFLOW } from '../../../src/contract/remediation.ts';
import { shellWord } from '../../../src/domain/text/shell-word.ts';
import { packageRoot } from '../../../src/local/package-root.ts';
import { SURGE_SIGNAL } from '../scenario/rates.ts';

/** Where the parts of a running set-up are. */
export interface Addresses {
  readonly temporal: { readonly address: string; readonly uiUrl: string | undefined };
  readonly prometheus: { readonly url: string };
  readonly alertmanager: { readonly url: string };
  /** Of the console, with a token. */
  readonly consoleUrl: string;
  readonly cluster: { readonly kubeconfigPath: string };
  /** Mendloop's settings. */
  readonly configFile: string;
  /** Of the process that brings customers when it gets `SURGE_SIGNAL`. */
  readonly pid: number;
}

type Tools = Readonly<Record<'temporal' | 'kubectl' | 'amtool', { readonly path: string }>>;

/** What a person needs to play with a running set-up, ready to paste: the tools need not be on anybody's PATH. */
export function showPlayground(addresses: Addresses, { temporal, kubectl, amtool }: Tools): string {
  const { prometheus, alertmanager, consoleUrl, configFile, cluster, pid } = addresses;
  const { address, uiUrl } = addresses.temporal;
  const commands = describeCommands({ command: 'npx mendloop', temporal: address, settingsFile: configFile });
  const newest = `--query 'WorkflowType="${REMEDIATION_WORKFLOW}"' --limit 1`;
  return [
    '',
    `  Console           ${consoleUrl}`,
    `  Temporal Web UI   ${uiUrl ?? '(headless)'}`,
    `  Temporal          ${address}`,
    `  Prometheus        ${prometheus.url}`,
    `  Alertmanager      ${alertmanager.url}`,
    '',
    '  Real trouble: the flash sale begins. Once more, and its customers leave:',
    '',
    `    kill -s ${SURGE_SIGNAL.slice('SIG'.length)} ${pid}`,
    '',
    '  An alert of your own, of which Prometheus knows nothing: it is told to a human, and nothing is changed:',
    '',
    `    ${shellWord(amtool.path)} alert add --alertmanager.url=${alertmanager.url} \\`,
    '      alertname=OrderServiceCPUThrottling severity=critical service=order-service namespace=production team=checkout',
    '',
    '  What becomes of the Deployment:',
    '',
    `    ${shellWord(kubectl.path)} --kubeconfig ${shellWord(cluster.kubeconfigPath)} -n production get deployments`,
    '',
    '  The remediations, what the last one has done, and what holds them back:',
    '',
    `    cd ${shellWord(packageRoot())}`,
    ...commands.map((line) => `    ${line}`),
    '',
    "  The same in Temporal's own words, and the history of the newest:",
    '',
    `    ${shellWord(temporal.path)} workflow list --address ${address}`,
    `    ID=$(${shellWord(temporal.path)} workflow list --address ${address} ${newest} --output json |`,
    `      sed -n 's/.*"workflowId": "\\(.*\\)".*/\\1/p' | head -n 1)`,
    `    ${shellWord(temporal.path)} workflow show --address ${address} --workflow-id "$ID"`,
    '',
    '  Ctrl-C stops everything.',
    '',
    '',
  ].join('\n');
}
