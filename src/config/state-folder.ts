import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the embedded default keeps its state: `$MENDLOOP_STATE`, else the user's state folder. */
export function stateFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env['MENDLOOP_STATE']) return env['MENDLOOP_STATE'];
  return join(env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'mendloop');
}
