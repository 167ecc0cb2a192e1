import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/local/package-root.ts';
import { denied, FakeWorld } from './fake-world.ts';
import { withRemediation } from './harness.ts';

it('mendloop replay takes a recorded run in each form in which it can be downloaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mendloop-replay-'));
  try {
    const { events } = await withRemediation(new FakeWorld(denied), async ({ handle, result }) => {
      await result();
      return JSON.parse(historyToJSON(await handle.fetchHistory())) as { events: unknown[] };
    });
    for (const form of [{ events }, { history: { events } }, events]) {
      const file = join(folder, 'history.json');
      await writeFile(file, JSON.stringify(form));
      const program = join(packageRoot(), 'bin', 'mendloop.js');
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'replay', file]);
      expect(stdout).toContain(`${events.length} events replayed, same decisions`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
