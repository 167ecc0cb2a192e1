import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { IDLE_MS } from '../../../src/clients/kubernetes/kept-connections.ts';
import { keepWarm } from '../../../src/clients/kubernetes/keep-warm.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('asks the API server before a connection counts as idle, whatever it answers, until it is stopped', async () => {
  const asked: string[] = [];
  const warm = keepWarm({
    get: (path) => {
      asked.push(path);
      return Promise.reject(new Error('forbidden'));
    },
  });
  expect(asked).toEqual(['/version']);
  await vi.advanceTimersByTimeAsync(IDLE_MS);
  expect(asked).toEqual(['/version', '/version']);
  warm.stop();
  await vi.advanceTimersByTimeAsync(IDLE_MS * 10);
  expect(asked).toHaveLength(2);
});
