import { parseArgs } from 'node:util';
import { terminalProgress } from '../src/local/progress.ts';
import { isServerName, serverNames } from '../src/local/servers/catalogue.ts';
import type { ServerName } from '../src/local/servers/catalogue.ts';
import { findServers } from '../src/local/servers/ensure-servers.ts';
import type { ServerBinary } from '../src/local/servers/server-binary.ts';
import { ServersUnavailable } from '../src/local/servers/servers-unavailable.ts';
import { ensureUntilStopped } from './ensure-until-stopped.ts';

const help = `Usage: node tools/servers.ts COMMAND [NAME...]

  ensure [NAME...]  have the servers ready: from PATH, the cache folder, the project's release,
                    Debian's package, or built from the Go module, whichever serves first
  list [NAME...]    print what is there, and prepare nothing

Without names, all servers: ${serverNames.join(', ')}.
The cache folder is $MENDLOOP_CACHE, else $XDG_CACHE_HOME/mendloop, else ~/.cache/mendloop.
`;

/** Gives the exit code: 0, 1 when servers are not to be had, 2 when the command line is wrong. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h', default: false } },
  });
  const [command, ...given] = positionals;
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const unknown = given.filter((name) => !isServerName(name));
  if ((command !== 'ensure' && command !== 'list') || unknown.length > 0) {
    process.stderr.write(`${unknown.length > 0 ? `no such server: ${unknown.join(', ')}\n\n` : ''}${help}`);
    return 2;
  }
  const names = given.length > 0 ? given.filter(isServerName) : serverNames;
  if (command === 'list') {
    printTable(names, await findServers(names));
    return 0;
  }
  const servers = await ensureUntilStopped(names, terminalProgress());
  printTable(names, new Map(Object.values(servers).map((server) => [server.name, server])));
  return 0;
}

function printTable(names: readonly ServerName[], servers: ReadonlyMap<ServerName, ServerBinary>): void {
  const rows = names.map((name) => {
    const server = servers.get(name);
    return [name, server?.version ?? '-', server?.source ?? '-', server?.path ?? '-'];
  });
  const table = [['NAME', 'VERSION', 'SOURCE', 'PATH'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  for (const row of table) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const expected = error instanceof ServersUnavailable || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${expected ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
  process.exitCode = 1;
}
