import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { asking, leaving } from '../../support/store/requests.ts';
import { type Bench, pgliteBench } from '../audit/benches.ts';
import { placeStore, range, type StorePlace } from './store-benches.ts';

const target = 'default/shop/Deployment/api';

let bench: Bench;
beforeAll(async () => {
  bench = await pgliteBench();
});
afterAll(async () => {
  await (bench as Bench | undefined)?.[Symbol.asyncDispose]();
});

/** Another process that asks for the target; `answers` are what it was told. */
function admitter({ settings: { store } }: StorePlace, name: string) {
  const script = fileURLToPath(new URL('admitter.ts', import.meta.url));
  const folder = store.type === 'embedded' ? (store.folder ?? '') : '';
  const child = spawn(process.execPath, [script, folder, name, target], { stdio: ['ignore', 'pipe', 'inherit'] });
  const answers: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => answers.push(line));
  const exited = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  return { answers, kill };
}

it('the embedded store admits for several processes at once, and for the next when the one that has it open is killed', async () => {
  const place = await placeStore(bench);
  const owner = admitter(place, 'owner');
  await expect.poll(() => owner.answers.length, { timeout: 60_000 }).toBeGreaterThan(0);
  expect(owner.answers[0]).toBe('owner/0 granted');
  const store = await place.open();
  const others = admitter(place, 'other');
  const ours = await Promise.all(range(50).map((index) => store.admission.admit(asking(`ours/${index}`, { target }))));
  expect(new Set(ours.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ status: 'joined', leader: 'owner/0' })]),
  );
  await expect.poll(() => others.answers.length, { timeout: 60_000 }).toBeGreaterThan(5);
  await others.kill();
  await owner.kill();

  // What was granted is durable; whoever asks next has the database.
  await expect
    .poll(() => store.admission.admit(asking('ours/50', { target })).catch((error: unknown) => String(error)), {
      timeout: 60_000,
    })
    .toEqual({ status: 'joined', leader: 'owner/0' });
  const { freed } = await store.admission.sweep({
    isOpen: (ids) => Promise.resolve(new Set(ids.filter((id) => id.startsWith('ours/')))),
    send: () => Promise.resolve('delivered'),
  });
  expect(freed).toContain('owner/0');
  // Those that had joined are next, in their order: the dead of the other processes are freed as they are met.
  await expect
    .poll(
      async () => {
        await store.admission.sweep({
          isOpen: (ids) => Promise.resolve(new Set(ids.filter((id) => id.startsWith('ours/')))),
          send: (to) => Promise.resolve(to.startsWith('ours/') ? 'delivered' : 'gone'),
        });
        const answers = await Promise.all(
          range(51).map((index) => store.admission.admit(asking(`ours/${index}`, { target }))),
        );
        return answers.filter(({ status }) => status === 'granted').length;
      },
      { timeout: 60_000 },
    )
    .toBe(1);
  expect([...owner.answers, ...others.answers].filter((line) => line.endsWith('granted'))).toEqual(['owner/0 granted']);
  expect(await store.audit.verify()).toMatchObject({ intact: true });
  await store.admission.leave(leaving('ours/0'));
}, 240_000);
