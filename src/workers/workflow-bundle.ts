import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { MendloopError } from '../domain/failures.ts';

/** Where the build puts the bundle, below the package's root. */
export const WORKFLOW_BUNDLE = join('dist', 'workflow-bundle.js');

/** The comment in which the bundler keeps the source map; it names the bundler's own temporary file. */
const SOURCE_MAP = /^\/\/# sourceMappingURL=.*$/gm;
/** Hex digits: two builds never meet, and the ID is short enough to be read aloud. */
const BUILD_ID_LENGTH = 16;

/**
 * The workflows as one file, made at build time: what runs is what the replay tests replayed.
 *
 * @throws MendloopError `Internal` if the project has not been built.
 */
export function workflowBundle(root: string): WorkflowBundleOption {
  return { codePath: workflowBundleFile(root) };
}

/**
 * Names what the workflows of a build decide by: the same for every build of the same sources and libraries, another one
 * after any change of them. 16 hex digits.
 *
 * @throws MendloopError `Internal` if the project has not been built.
 */
export function workflowBuildId(root: string): string {
  return buildIdOf(readFileSync(workflowBundleFile(root), 'utf8'));
}

/** The same, of a bundle's code. */
export function buildIdOf(code: string): string {
  return createHash('sha256').update(code.replaceAll(SOURCE_MAP, '')).digest('hex').slice(0, BUILD_ID_LENGTH);
}

/** @throws MendloopError `Internal` if the project has not been built. */
export function workflowBundleFile(root: string): string {
  const file = join(root, WORKFLOW_BUNDLE);
  if (!existsSync(file)) throw new MendloopError('Internal', `${WORKFLOW_BUNDLE} is missing: run \`make build\``);
  return file;
}
