import { isStartedByNpx } from '../config/npx.ts';
import { parentOf } from '../local/process/process-identity.ts';

const LOOK_MS = 500;

/**
 * npx starts a command by a shell and hands its own signals to that shell alone, which dies of them: the command would
 * run on, and the one who started it would have nothing to stop it by. So this process gets SIGTERM when npx or its shell
 * has ended. Nothing for a process that npx did not start.
 */
export function endWithNpx(): void {
  if (!isStartedByNpx()) return;
  const { ppid: shell } = process;
  // Unknown where there is no /proc: there the shell alone is looked at.
  const npx = parentOf(shell);
  const look = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npx) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS).unref();
}
