import { readdirSync, readFileSync } from 'node:fs';

/** Of Linux, whatever the machine: `getconf CLK_TCK`. */
const TICKS_PER_SECOND = 100;

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

/**
 * Milliseconds of CPU that a process has used, with all that it has started, also what has ended since. Linux only.
 *
 * @throws Error if there is no such process.
 */
export function usedCpuMs(pid: number): number {
  const all = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(name) : undefined;
    if (stat !== undefined) all.set(Number(name), stat);
  }
  if (!all.has(pid)) throw new Error(`there is no process ${pid}`);
  let ticks = 0;
  for (const [id, stat] of all) if (isBelow(all, id, pid)) ticks += stat.ticks;
  return (ticks / TICKS_PER_SECOND) * 1000;
}

function isBelow(all: ReadonlyMap<number, Stat>, id: number, ancestor: number): boolean {
  for (let at: number | undefined = id; at !== undefined; at = all.get(at)?.parent) if (at === ancestor) return true;
  return false;
}

/** Undefined: it has ended. Source: proc_pid_stat(5); its own time, and that of children whose end it has heard. */
function readStat(pid: string): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) };
  } catch {
    return undefined;
  }
}
