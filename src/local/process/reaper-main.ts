import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalGroup } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/**
 * Runs as a process of its own, detached, and outlives the one that started it. Standard input is a pipe held by that
 * one: `+PID START` and `-PID` lines say what to watch, and its end means that the holder is gone, however it ended.
 * Then exactly the processes still on the list are stopped.
 */
const watched = new Map<number, ProcessIdentity>();
const graceMs = 5_000;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const [pid = '', startTime] = line.slice(1).split(' ');
  if (line.startsWith('+')) watched.set(Number(pid), { pid: Number(pid), startTime: startTime || undefined });
  else watched.delete(Number(pid));
}

const left = [...watched.values()].reverse().filter((identity) => signalGroup(identity, 'SIGTERM'));
const deadline = performance.now() + graceMs;
while (left.some(isAlive) && performance.now() < deadline) await sleep(20);
for (const identity of left) signalGroup(identity, 'SIGKILL');
