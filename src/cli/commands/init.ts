import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { askFor } from '../init/ask.ts';
import { type Answers, initFiles } from '../init/files.ts';

interface InitOptions extends Partial<Answers> {
  readonly yes?: boolean;
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write settings, a policy folder with a test, its alert, and the receiver for Alertmanager')
    .argument('[folder]', 'where to; made if it is not there', '.')
    .option('--prometheus <url>', 'Prometheus, as Mendloop reaches it')
    .option('--alertmanager <url>', 'Alertmanager, as Mendloop reaches it')
    .option('--webhook <url>', "Mendloop's webhook, as Alertmanager reaches it")
    .option('-y, --yes', 'ask nothing: what is not given is on this machine')
    .addHelpText(
      'after',
      `
Asks for what is not given; overwrites nothing.

Examples:
  $ mendloop init
  $ mendloop init my-mendloop --prometheus http://prometheus:9090 --alertmanager http://alertmanager:9093 --yes`,
    )
    .action(async (folder: string, { yes = false, ...given }: InitOptions) => {
      const files = initFiles(await askFor(given, { yes }));
      const there = await Promise.all(
        files.map(async ({ path }) => ((await exists(join(folder, path))) ? [path] : [])),
      );
      const [taken] = there.flat();
      if (taken !== undefined) throw new Error(`${join(folder, taken)} is there already: nothing was written`);
      for (const { path, content, secret = false } of files) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content, { flag: 'wx', mode: secret ? 0o600 : 0o644 });
        console.log(`wrote ${join(folder, path)}`);
      }
      console.log(NEXT.replaceAll('FOLDER', folder));
    });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

const NEXT = `
What next, in FOLDER:
  mendloop policy test policy                            # the rule does what its test says
  mendloop policy build policy --output policy.tar.gz    # the settings name this file
  mendloop doctor --pre                                  # what Mendloop needs is there
  mendloop up                                            # observes; alertmanager-receiver.yml has what Alertmanager needs,
                                                         # prometheus-rule.yml the alert that the rule answers`;
