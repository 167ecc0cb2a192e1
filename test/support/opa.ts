import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, retryOnTakenPort, Supervisor } from '../../dev/stack/index.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { policyBuildArguments } from '../../src/workers/policy-bundle.ts';

const run = promisify(execFile);

export const POLICY = join(packageRoot(), 'policy');

export interface BundleOptions {
  readonly opa: string;
  readonly output: string;
  readonly revision: string;
  readonly sources?: readonly string[];
}

/** A bundle for Mendloop's own process. */
export async function buildWasm({ opa, sources = [POLICY], ...bundle }: BundleOptions): Promise<void> {
  await run(opa, policyBuildArguments({ sources, ...bundle }));
}

/** A bundle for an OPA server. */
export async function buildRego({ opa, output, revision, sources = [POLICY] }: BundleOptions): Promise<void> {
  const args = ['--revision', revision, '--ignore', '*_test.rego', '--output', output];
  await run(opa, ['build', ...args, ...sources]);
}

export interface OpaServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** `opa run --server` on a free port of 127.0.0.1, or on the one given. */
export function startOpa(options: {
  readonly opa: string;
  readonly dataDir: string;
  readonly args: readonly string[];
  readonly port?: number;
}): Promise<OpaServer> {
  return retryOnTakenPort(async () => {
    await mkdir(options.dataDir, { recursive: true });
    const port = options.port ?? (await freePort());
    const url = `http://127.0.0.1:${port}`;
    const supervisor = new Supervisor({ logDir: options.dataDir });
    await supervisor.start({
      name: 'opa',
      command: options.opa,
      args: ['run', '--server', '--addr', `127.0.0.1:${port}`, '--disable-telemetry', ...options.args],
      ready: async () => (await fetch(`${url}/health`)).ok,
    });
    return { url, stop: () => supervisor.stop() };
  });
}
