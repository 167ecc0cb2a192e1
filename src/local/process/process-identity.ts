import { readFileSync } from 'node:fs';

/** A process that is still the same one later: the kernel gives PIDs out again, but not with the same start time. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to the start, from `/proc`; undefined where there is no `/proc`. */
  startTime: string | undefined;
}

/** Undefined when there is no such process, or it is a zombie: ended, and only its parent has not looked yet. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that it runs, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  const stat = statOf(pid);
  return stat?.state === 'Z' ? undefined : { pid, startTime: stat?.startTime };
}

/** Undefined where there is no `/proc`, or no such process. */
export function parentOf(pid: number): number | undefined {
  return statOf(pid)?.parent;
}

function statOf(pid: number) {
  try {
    // `PID (NAME) STATE PPID ...`: the name may hold spaces and brackets, fields are counted after the last closing one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], parent: Number(fields[1]), startTime: fields[19] };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startTime === identity.startTime;
}

/** Signals the process group led by this process, if it is still the same one. Says whether anything was signalled. */
export function signalGroup(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    process.kill(-identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}
