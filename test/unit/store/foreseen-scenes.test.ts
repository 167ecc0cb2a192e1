import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Scene } from '../../../src/domain/admission/scene.ts';
import { ForeseenScenes } from '../../../src/store/admission/foreseen-scenes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const scene = { now: 1 } as Scene;

it('a scene that was read ahead is taken once, by the very question, and not when it is old', async () => {
  const scenes = new ForeseenScenes();
  scenes.begin('a', () => Promise.resolve(scene));
  expect(scenes.take('b')).toBeUndefined();
  expect(await scenes.take('a')).toBe(scene);
  expect(scenes.take('a')).toBeUndefined();
  scenes.begin('a', () => Promise.resolve(scene));
  vi.advanceTimersByTime(1000);
  expect(scenes.take('a')).toBeUndefined();
});

it('of many that are read ahead the rest is left to be read when it is needed', () => {
  const scenes = new ForeseenScenes();
  let reads = 0;
  for (let n = 0; n < 100; n += 1) scenes.begin(String(n), () => Promise.resolve(((reads += 1), scene)));
  expect(reads).toBe(32);
});
