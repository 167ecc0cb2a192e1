import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { packageRoot } from '../../../src/local/package-root.ts';

const MODULE = join(packageRoot(), 'src', 'cli', 'end-with-npx.ts');

/** As a command that serves: it ends by SIGTERM alone. */
const SERVES = `
  const { endWithNpx } = await import(${JSON.stringify(MODULE)});
  endWithNpx();
  setInterval(() => undefined, 1000);
  console.log(process.pid);
`;

/** Stands for npx: a process with a shell under it, which waits for the command. */
const NPX = `
  const { spawn } = require('node:child_process');
  spawn('sh', ['-c', '"$NODE" --input-type=module --eval "$SERVES"; true'], { stdio: ['ignore', 'inherit', 'inherit'] });
`;

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

interface Started {
  readonly npx: ChildProcess;
  /** The process of the command. */
  readonly pid: number;
}

async function start(env: Readonly<Record<string, string>>): Promise<Started> {
  const npx = spawn(process.execPath, ['--eval', NPX], {
    env: { ...process.env, NODE: process.execPath, SERVES, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: npx.stdout })) {
    const pid = Number(line);
    started.push(pid, ...(npx.pid === undefined ? [] : [npx.pid]));
    return { npx, pid };
  }
  throw new Error('it has not started');
}

const BY_NPX = { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'mendloop' up" };

describe('a command that npx started', () => {
  it.each(['SIGTERM', 'SIGKILL', 'SIGINT'] as const)('ends when npx has ended by %s', async (signal) => {
    const { npx, pid } = await start(BY_NPX);
    npx.kill(signal);
    await expect.poll(() => isAlive(pid)).toBe(false);
  });
});

it('a command that something else started runs on', async () => {
  const other = await start({ npm_lifecycle_event: 'start', npm_lifecycle_script: 'mendloop up' });
  const witness = await start(BY_NPX);
  other.npx.kill('SIGKILL');
  witness.npx.kill('SIGKILL');
  // It looks as often, and has begun to look later.
  await expect.poll(() => isAlive(witness.pid)).toBe(false);
  expect(isAlive(other.pid)).toBe(true);
});
