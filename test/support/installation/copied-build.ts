import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../src/local/package-root.ts';
import { WORKFLOW_BUNDLE } from '../../../src/workers/workflow-bundle.ts';
import { bundleWorkflows } from '../../../tools/bundle-workflows.ts';

/** What the programs read of their package, beside the bundle. */
const READ = ['package.json', 'src', join('tools', 'servers.json')];

/**
 * Mendloop as it would be with other workflows: a copy of its package in `folder`, which runs what `workflows` exports.
 * Gives its main program.
 */
export async function copyBuild(folder: string, workflows: string): Promise<string> {
  const root = packageRoot();
  for (const path of READ) await cp(join(root, path), join(folder, path), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'dist'));
  await writeFile(join(folder, WORKFLOW_BUNDLE), (await bundleWorkflows(workflows)).code);
  return join(folder, 'src', 'cli', 'main.ts');
}
