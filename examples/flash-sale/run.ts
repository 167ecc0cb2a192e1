import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ServersUnavailable, terminalProgress } from '../../dev/stack/index.ts';
import { leavePointer } from '../../src/cli/running.ts';
import { ensureDemoServers, ensurePlaygroundServers } from './platform/servers.ts';
import { showPlayground } from './platform/playground.ts';
import { unmetExpectations } from './report/expectations.ts';
import { paintFor } from '../runner/report/paint.ts';
import { type Report, renderReports } from './report/report.ts';
import { showRun } from './report/show-run.ts';
import { runScenario } from './scenario/run-scenario.ts';
import { type ScenarioName, scenarioNames, SCENARIOS } from './scenario/scenarios.ts';

/**
 * The flash sale. Ends with 0 only if every scenario ended as it should, with 2 for a wrong command line.
 *
 *     node examples/flash-sale/run.ts [--scenario NAME|all] [--report FILE] [--keep] [--no-surge] [--seed N]
 */

const USAGE = `usage: node examples/flash-sale/run.ts [--scenario ${scenarioNames.join('|')}|all] [--report FILE]
         [--keep]       leave everything running at the end, until Ctrl-C
         [--no-surge]   start everything, without a flash sale (with --keep): SIGUSR2 begins and ends one
         [--seed N]     other customers`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'ok' },
      report: { type: 'string' },
      keep: { type: 'boolean', default: false },
      'no-surge': { type: 'boolean', default: false },
      seed: { type: 'string', default: '7' },
    },
  });
  const names = values.scenario === 'all' ? scenarioNames : scenarioNames.filter((name) => name === values.scenario);
  const seed = Number(values.seed);
  if (names.length === 0) throw new Error(`there is no scenario ${values.scenario}`);
  if (!Number.isInteger(seed)) throw new Error('--seed takes a whole number');
  if (values['no-surge'] && !values.keep) throw new Error('--no-surge without --keep would do nothing');
  if (values.keep && names.length > 1) throw new Error('--keep takes one scenario');
  return { names, seed, report: values.report, keep: values.keep, withoutSurge: values['no-surge'] };
}

/** Whether every scenario ended as it should. */
async function main({ names, seed, report, keep, withoutSurge }: ReturnType<typeof readArguments>): Promise<boolean> {
  const progress = terminalProgress();
  const paint = paintFor(process.stdout);
  // Whoever keeps it running wants to type at it.
  const tools = keep ? await ensurePlaygroundServers({ progress }) : undefined;
  const servers = tools ?? (await ensureDemoServers({ progress }));
  const reports: Report[] = [];
  let good = true;
  const complain = (name: ScenarioName, what: string) => {
    good = false;
    process.stderr.write(`  ${paint('bad', 'not as it should be')}: ${name}: ${what}\n`);
  };
  for (const name of names) {
    const scenario = SCENARIOS[name];
    try {
      await runScenario({
        scenario,
        servers,
        progress,
        seed,
        withoutSurge,
        keep,
        onRunning: (platform) => {
          if (tools === undefined) return;
          const { address, namespace } = platform.temporal;
          const { directory: state, configFile: config } = platform;
          const forget = leavePointer({ command: 'the playground', state, config, temporal: { address, namespace } });
          process.once('exit', forget);
          process.stdout.write(
            showPlayground({ ...platform, consoleUrl: platform.mendloop.consoleUrl, pid: process.pid }, tools),
          );
        },
        onFinished: (run) => {
          process.stdout.write(showRun(scenario, run, paint));
          reports.push(run.report);
          if (report !== undefined) writeFileSync(report, renderReports(reports, names.length));
          for (const what of unmetExpectations(scenario, run.report)) complain(name, what);
        },
      });
    } catch (error) {
      complain(name, error instanceof Error ? error.message : String(error));
    }
  }
  return good;
}

try {
  process.exitCode = (await main(readArguments())) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (!(error instanceof ServersUnavailable)) process.stderr.write(`${USAGE}\n`);
  process.exitCode = error instanceof ServersUnavailable ? 1 : 2;
}
