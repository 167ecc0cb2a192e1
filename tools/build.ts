/**
 * Builds what runs: the policy bundle, the workflow bundle and the compiled sources, each only when its inputs changed.
 *
 *     node tools/build.ts [policy] [workflows] [console] [sources]
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/stack/package-root.ts';
import { ensureServers, terminalProgress } from '../src/stack/index.ts';
import { WORKFLOW_BUNDLE } from '../src/workers/workflow-bundle.ts';
import { POLICY_BUNDLE, policyBuildArguments } from '../src/workers/policy-bundle.ts';
import { bundleWorkflows } from './bundle-workflows.ts';
import { buildConsole, CONSOLE_FOLDER, CONSOLE_INPUTS } from './build-console.ts';
import { hashOfFiles, isUpToDate, markUpToDate } from './build-stamp.ts';

const root = packageRoot();
const progress = terminalProgress();

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

function run(command: string, args: string[]): void {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
}

const steps = {
  policy: () =>
    step('policy', ['policy'], POLICY_BUNDLE, async (hash) => {
      const { opa } = await ensureServers(['opa'], { progress });
      const output = join(root, POLICY_BUNDLE);
      const temporary = `${output}.${process.pid}.tmp`;
      run(opa.path, policyBuildArguments({ sources: ['policy'], output: temporary, revision: hash.slice(0, 12) }));
      renameSync(temporary, output);
    }),
  workflows: () =>
    step('workflows', ['src/workflows', 'src/domain', 'tools/bundle-workflows.ts'], WORKFLOW_BUNDLE, async () => {
      const { code } = await bundleWorkflows();
      writeFileSync(join(root, WORKFLOW_BUNDLE), code);
    }),
  console: () =>
    step('console', CONSOLE_INPUTS, `${CONSOLE_FOLDER}/index.html`, () =>
      buildConsole({ output: join(root, CONSOLE_FOLDER) }),
    ),
  sources: () =>
    step('sources', ['src', 'tsconfig.json', 'tsconfig.build.json'], 'dist/cli/main.js', async () => {
      for (const entry of ['cli', 'api', 'workers'])
        rmSync(join(root, 'dist', entry), { recursive: true, force: true });
      run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
      await Promise.resolve();
    }),
};

mkdirSync(join(root, 'dist', 'policy'), { recursive: true });
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(steps)) {
  if (!Object.hasOwn(steps, name)) {
    console.error(`unknown build step ${name}; there are: ${Object.keys(steps).join(', ')}`);
    process.exit(2);
  }
  await steps[name as keyof typeof steps]();
}
