import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { MendloopError } from '../domain/failures.ts';

/** Where the build puts the bundle, below the package's root. */
export const WORKFLOW_BUNDLE = join('dist', 'workflow-bundle.js');

/**
 * The workflows as one file, made at build time: what runs is what the replay tests replayed.
 *
 * @throws MendloopError `Internal` if the project has not been built.
 */
export function workflowBundle(root: string): WorkflowBundleOption {
  const codePath = join(root, WORKFLOW_BUNDLE);
  if (!existsSync(codePath)) {
    throw new MendloopError('Internal', `${WORKFLOW_BUNDLE} is missing: run \`make build\``);
  }
  return { codePath };
}
