import { expect, it } from 'vitest';
import { BuildQueue, timeLeft } from '../../../src/local/servers/build-queue.ts';

it('runs two jobs at once, and of those waiting the heaviest first', async () => {
  const queue = new BuildQueue(2);
  const started: number[] = [];
  let running = 0;
  let most = 0;
  const finish: (() => void)[] = [];
  const jobs = [5, 14, 350, 75, 115].map((weight) =>
    queue.run(weight, async () => {
      started.push(weight);
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
    }),
  );
  for (let ended = 0; ended < jobs.length; ended += 1) {
    await expect.poll(() => finish.length).toBeGreaterThan(ended);
    finish[ended]!();
  }
  await Promise.all(jobs);
  expect(started).toEqual([5, 14, 350, 115, 75]);
  expect(most).toBe(2);
});

it('gives the slot on when a job fails', async () => {
  const queue = new BuildQueue(1);
  const failing = queue.run(1, () => Promise.reject(new Error('broken')));
  const next = queue.run(1, () => Promise.resolve('built'));
  await expect(failing).rejects.toThrow('broken');
  await expect(next).resolves.toBe('built');
});

it.each([
  [{ slots: 2, running: [], waiting: [] }, 0],
  [{ slots: 2, running: [30], waiting: [] }, 30],
  [{ slots: 2, running: [300, 20], waiting: [60, 100] }, 300],
  [{ slots: 2, running: [50, 20], waiting: [60, 100] }, 120],
  [{ slots: 1, running: [50], waiting: [60, 100] }, 210],
])('of %o all have ended after %d seconds', (jobs, seconds) => {
  expect(timeLeft(jobs)).toBe(seconds);
});

it('says how long what runs and waits will take', async () => {
  const queue = new BuildQueue(2);
  expect(queue.secondsLeft).toBe(0);
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const jobs = [100, 200, 400].map((seconds) => queue.run(seconds, () => promise));
  expect(queue.secondsLeft).toBeGreaterThan(490);
  expect(queue.secondsLeft).toBeLessThanOrEqual(500);
  resolve(undefined);
  await Promise.all(jobs);
  expect(queue.secondsLeft).toBe(0);
});
