import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { createProvider } from '../../clients/flags/create-provider.ts';
import { createModeFlags } from '../../clients/flags/mode-flags.ts';
import { useRedaction } from '../../config/redaction.ts';
import type { Config } from '../../config/schema.ts';
import { packageRoot } from '../../local/package-root.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { createMetrics } from '../../telemetry/metrics.ts';
import { openPolicy } from '../../workers/open-policy.ts';
import { explainAlert, type Explanation } from '../explain/explain-alert.ts';
import { formatExplanation } from '../explain/format-explanation.ts';
import { reachGuards } from '../explain/reach-guards.ts';
import { reachSignals } from '../explain/reach-signals.ts';
import { readAlerts } from '../explain/read-alerts.ts';
import { describeConfig } from '../describe-config.ts';
import { type CommonOptions, withConfig } from '../options.ts';
import { describeStore, findInstallation } from '../running.ts';
import { textOf } from '../text-of.ts';

interface ExplainOptions extends CommonOptions {
  readonly policy?: string;
  readonly json?: boolean;
  readonly guards: boolean;
  readonly queries: boolean;
}

export function registerExplain(program: Command): void {
  withConfig(program.command('explain'))
    .description(
      "what would be decided about an alert, by which rule, what the plan's queries give now, and what each guard would say; " +
        'nothing is done',
    )
    .argument('<file>', 'JSON: one alert, a list of alerts, or a webhook payload; - for standard input')
    .option('--policy <bundle>', 'decide by this bundle instead of the policy of the settings')
    .option('--no-guards', 'ask neither the guards nor the cluster')
    .option('--no-queries', "do not run the plan's queries")
    .option('--json', 'print one line of JSON for each alert')
    .addHelpText(
      'after',
      `
Examples:
  $ mendloop explain alert.json
  $ echo '{"labels": {"alertname": "KubePodCrashLooping", "severity": "warning"}}' | mendloop explain -
  $ amtool alert query -o json | mendloop explain - --json | jq '{alert: .alert.labels.alertname, verdict: .decision.verdict}'
  $ mendloop explain alert.json --policy candidate.tar.gz --no-guards --no-queries`,
    )
    .action(async (file: string, options: ExplainOptions) => {
      const found = findInstallation(options);
      const config = withBundle(found.config, options.policy);
      console.error(`settings: ${describeConfig(options, found)}`);
      if (options.guards) console.error(`store: ${describeStore(config)}`);
      useRedaction(config.redact);
      const alerts = await readAlerts(await textOf(file === '-' ? await buffer(process.stdin) : await readFile(file)));
      const policy = await openPolicy({
        config,
        root: packageRoot(),
        metrics: createMetrics(),
        logger: createLogger({ level: 'error' }, { pretty: true }),
      });
      const flags = config.flags && createModeFlags({ provider: createProvider(config.flags) });
      const guards = options.guards ? reachGuards(config) : undefined;
      const signals = options.queries ? reachSignals(config) : undefined;
      try {
        const { cluster } = config.kubernetes;
        const parts = { policy, cluster, flags, askGuards: guards?.ask, measureSignals: signals?.measure };
        for (const alert of alerts) print(await explainAlert(alert, parts), options, alerts.length > 1);
      } finally {
        await Promise.all([policy.close(), flags?.close(), guards?.close(), signals?.close()]);
      }
    });
}

function withBundle(config: Config, bundle: string | undefined): Config {
  return bundle === undefined ? config : { ...config, policy: { engine: 'wasm', bundle } };
}

function print(explanation: Explanation, { json }: ExplainOptions, several: boolean): void {
  if (json === true) console.log(JSON.stringify(explanation));
  else console.log(`${formatExplanation(explanation)}${several ? '\n' : ''}`);
}
