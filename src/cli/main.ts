import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { describeError } from './describe-error.ts';
import { endWithNpx } from './end-with-npx.ts';

endWithNpx();
try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  // Commander has said what it had to say by itself.
  if (!(error instanceof CommanderError)) console.error(describeError(error));
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
// What a command that failed has opened may never have come to its end: nothing is left to wait for.
if (process.exitCode !== undefined && process.exitCode !== 0) process.exit();
