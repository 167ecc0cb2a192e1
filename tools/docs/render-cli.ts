import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';

/** Columns of the help in the page. */
const WIDTH = 110;

/** Reference of the command line, from the commands' own help. */
export async function renderCli(): Promise<string> {
  const program = await createProgram(undefined);
  const commands = leavesOf(program).map(
    ({ path, command }) => `## ${path}\n\n\`\`\`text\n${helpOf(command).trim()}\n\`\`\`\n`,
  );
  return [
    '# Commands\n',
    `Every command has \`--help\`, which is what stands here. In a checkout, or beside an installed npm package, they are typed as \`npx ${program.name()} ...\`.\n`,
    ...commands,
  ].join('\n');
}

interface Leaf {
  readonly path: string;
  readonly command: Command;
}

/** Commands that do something: a group of commands only names them. */
function leavesOf(program: Command): Leaf[] {
  const below = (command: Command, path: string): Leaf[] => {
    const own = command.commands.filter((child) => child.name() !== 'help');
    return own.length === 0
      ? [{ path, command }]
      : own.flatMap((child) => below(child, `${path} ${child.name()}`.trim()));
  };
  return below(program, '');
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut: (chunk) => {
      text += chunk;
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text;
}
