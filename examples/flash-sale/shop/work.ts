import { createHash } from 'node:crypto';
import { httpCall, keepAliveAgent } from './http-call.ts';

const block = Buffer.alloc(4096, 'flash sale');

/** CPU milliseconds that this process has used on all its threads. */
export function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Hashes until `cpuMs` milliseconds of CPU are gone: the same cost for one request on any machine. */
export function burnCpu(cpuMs: number): void {
  const end = processCpuMs() + cpuMs;
  do createHash('sha256').update(block).digest();
  while (processCpuMs() < end);
}

/** Requests that a process sends to itself before it takes the first customer, so that its code is compiled by then. */
const WARM_UP_REQUESTS = 40;

export async function warmUp(port: number): Promise<void> {
  const agent = keepAliveAgent();
  for (let request = 0; request < WARM_UP_REQUESTS; request += 1) {
    await httpCall({ agent, endpoint: `127.0.0.1:${port}`, path: '/', timeoutMs: 1000 });
    burnCpu(0.2);
  }
  agent.destroy();
}
