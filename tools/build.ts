/**
 * Builds what runs: the policy bundle, the workflow bundle and the compiled sources, each only when its inputs changed.
 *
 *     node tools/build.ts [--servers-for TARGET] [policy] [workflows] [console] [sources]
 *
 * `--servers-for`: has the servers of that make target ready meanwhile. All at once, because two searches one after the
 * other would build twice what their servers share.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/local/package-root.ts';
import { type ServerBinary, ServersUnavailable, terminalProgress } from '../dev/stack/index.ts';
import { runCommand } from '../src/local/process/run-command.ts';
import { WORKFLOW_BUNDLE } from '../src/workers/workflow-bundle.ts';
import { POLICY_BUNDLE, policyBuildArguments } from '../src/workers/policy-bundle.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { buildConsole, CONSOLE_FOLDER, CONSOLE_INPUTS } from './build-console.ts';
import { hashOfFiles, isUpToDate, markUpToDate } from './build-stamp.ts';
import { ensureUntilStopped } from './ensure-until-stopped.ts';
import { SERVER_SETS } from './server-sets.ts';

const root = packageRoot();
const progress = terminalProgress();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'servers-for': { type: 'string' } },
});

async function step(name: string, inputs: string[], output: string, build: (hash: string) => Promise<void>) {
  const hash = hashOfFiles(root, ['package-lock.json', 'tools/build.ts', ...inputs]);
  if (isUpToDate(root, name, hash, output)) return;
  const task = progress.start(`build ${name}`);
  try {
    await build(hash);
    markUpToDate(root, name, hash);
    task.done(output);
  } catch (error) {
    task.done('failed');
    throw error;
  }
}

async function run(command: string, args: string[]): Promise<void> {
  const lines: string[] = [];
  try {
    await runCommand({ command, args, cwd: root, onLine: (line) => lines.push(line) });
  } catch (cause) {
    // Its own message has only the last lines, and the first fault is the one to mend.
    throw new Error(`${command} ${args.join(' ')}\n${lines.join('\n')}`, { cause });
  }
}

const steps = {
  policy: () =>
    step('policy', ['policy'], POLICY_BUNDLE, async (hash) => {
      const opa = await (opaAhead ?? ensureUntilStopped(['opa'], progress).then((servers) => servers.opa));
      const output = join(root, POLICY_BUNDLE);
      const temporary = `${output}.${process.pid}.tmp`;
      await run(
        opa.path,
        policyBuildArguments({ sources: ['policy'], output: temporary, revision: hash.slice(0, 12) }),
      );
      renameSync(temporary, output);
    }),
  workflows: () =>
    step(
      'workflows',
      ['src/workflows', 'src/contract', 'src/domain', 'tools/bundle-workflows.ts'],
      WORKFLOW_BUNDLE,
      async () => {
        const { code } = await bundleWorkflows();
        writeFileSync(join(root, WORKFLOW_BUNDLE), code);
      },
    ),
  console: () =>
    step('console', CONSOLE_INPUTS, `${CONSOLE_FOLDER}/index.html`, () =>
      buildConsole({ output: join(root, CONSOLE_FOLDER) }),
    ),
  sources: () =>
    step('sources', ['src', 'tsconfig.json', 'tsconfig.build.json'], 'dist/cli/main.js', async () => {
      for (const entry of ['cli', 'api', 'workers'])
        rmSync(join(root, 'dist', entry), { recursive: true, force: true });
      await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
    }),
};

type StepName = keyof typeof steps;
const isStep = (name: string): name is StepName => Object.hasOwn(steps, name);

async function build(names: readonly StepName[]): Promise<void> {
  for (const name of names) await steps[name]();
}

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

const unknown = positionals.find((name) => !isStep(name));
if (unknown !== undefined) refuse(`unknown build step ${unknown}; there are: ${Object.keys(steps).join(', ')}`);
const target = values['servers-for'];
const set =
  target === undefined
    ? []
    : (SERVER_SETS[target] ??
      refuse(`invalid --servers-for ${target}: expected one of ${Object.keys(SERVER_SETS).join(', ')}`));

mkdirSync(join(root, 'dist', 'policy'), { recursive: true });
const opaIsThere = Promise.withResolvers<ServerBinary>();
const serversAhead =
  set.length > 0
    ? ensureUntilStopped(set, progress, (server) => {
        if (server.name === 'opa') opaIsThere.resolve(server);
      })
    : undefined;
// Where others are prepared meanwhile, not only when all are there.
const opaAhead = set.includes('opa') ? opaIsThere.promise : undefined;
const wanted = positionals.length > 0 ? positionals.filter(isStep) : Object.keys(steps).filter(isStep);
try {
  // The policy alone waits for a server: nothing else has to.
  await Promise.all([
    serversAhead,
    build(wanted.filter((name) => name === 'policy')),
    build(wanted.filter((name) => name !== 'policy')),
  ]);
} catch (error) {
  console.error(error instanceof ServersUnavailable ? error.message : error);
  // At once: what still runs beside it is ended with this process.
  process.exit(1);
}
