import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { packageRoot } from '../src/local/package-root.ts';

/** What is called around every workflow. */
const INTERCEPTORS = 'src/workflows/tracing/tracing.ts';

/**
 * Workflows as one file of code, with the interceptors that they have in production. All of their modules are evaluated
 * once for a worker instead of once for each workflow, which is half of what starting one costs: none of them keeps a
 * state (`eslint.config.js` sees to that).
 */
export async function bundleWorkflows(
  entry: string = join(packageRoot(), 'src/workflows/index.ts'),
): Promise<{ code: string }> {
  const quiet = () => undefined;
  const interceptors = join(packageRoot(), INTERCEPTORS);
  return await bundleWorkflowCode({
    workflowsPath: entry,
    workflowInterceptorModules: [interceptors],
    preloadModules: [entry, interceptors],
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error },
  });
}
