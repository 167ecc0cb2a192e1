import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';

function all(command: Command): Command[] {
  return [command, ...command.commands.flatMap(all)];
}

it('the help of every command tells durations as people write them, never in milliseconds', async () => {
  const commands = all(await createProgram(undefined));
  expect(commands.length).toBeGreaterThan(20);
  const defaults = commands.flatMap((command) => command.helpInformation().match(/\(default: [^)]*\)/g) ?? []);
  expect(defaults).toContain('(default: 30d)');
  expect(defaults.filter((text) => /\d{4}|\[\]|undefined/.test(text))).toEqual([]);
});
