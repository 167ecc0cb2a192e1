import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../src/local/package-root.ts';

export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `mendloop` as people do, on the Temporal at this address, to its end, whatever that is. */
export async function mendloopOn(temporalAddress: string, ...args: string[]): Promise<CommandEnd> {
  const program = join(packageRoot(), 'bin', 'mendloop.js');
  const env = { ...process.env, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: 'default' };
  return await new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, stdout, stderr });
    });
  });
}
