import { execFile } from 'node:child_process';
import { MendloopError } from '../../../domain/failures.ts';

/** A catalogue's decisions are some hundred kilobytes. */
const MAX_OUTPUT = 64 * 1024 * 1024;

export interface ToolResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end, whatever its exit code.
 *
 * @throws MendloopError `Internal` if it cannot be run.
 */
export function runTool(program: string, args: readonly string[]): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { maxBuffer: MAX_OUTPUT, encoding: 'utf8' }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === 'number') resolve({ exitCode, stdout, stderr });
      else reject(new MendloopError('Internal', `${program} could not be run: ${error?.message ?? 'killed'}`));
    });
  });
}
