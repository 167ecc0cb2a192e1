import { CommanderError } from 'commander';
import { createProgram } from './program.ts';
import { describeError } from './describe-error.ts';

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  // Commander has said what it had to say by itself.
  if (!(error instanceof CommanderError)) console.error(describeError(error));
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
