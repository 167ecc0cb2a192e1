import { join } from 'node:path';
import { type BundleOptions, bundleWorkflowCode } from '@temporalio/worker';
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
    webpackConfigHook: asWritten,
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error },
  });
}

type WebpackConfig = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

/** What the sources are compiled for, in place of ECMAScript 2017, to which the SDK's bundler takes them back. */
const TARGET = 'es2022';

/**
 * Only the types taken off: private members and spreads as Node.js has them, not as calls of helpers for each access. Every
 * call on the way to an effect is one of the first of its worker's life, which nothing has optimised yet.
 *
 * @throws Error where the SDK compiles in another way than it did.
 */
function asWritten(config: WebpackConfig): WebpackConfig {
  const found = (config.module?.rules ?? []).flatMap((rule) => {
    const use = typeof rule === 'object' ? rule?.use : undefined;
    const options = typeof use === 'object' && 'options' in use ? use.options : undefined;
    return typeof options === 'object' && 'jsc' in options ? [options as { jsc: { target: string } }] : [];
  });
  const [swc] = found;
  if (swc === undefined) throw new Error('the bundler of the SDK has no options of swc any more: see its bundler.js');
  swc.jsc.target = TARGET;
  return config;
}
