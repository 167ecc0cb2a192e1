import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { terminalProgress } from '../../../src/local/progress.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { written, out: { write: (text: string) => written.push(text), isTTY, columns: 200 } };
}

it('progress is one line for everything, every ten seconds, where no terminal can redraw it', () => {
  const { written, out } = stream(false);
  const progress = terminalProgress(out);
  const all = progress.start('servers');
  const one = progress.start('etcd');
  vi.advanceTimersByTime(1_000);
  expect(written).toEqual([]);
  all.update('0 of 2 ready, some 6 min of building to go');
  vi.advanceTimersByTime(1_400);
  expect(written).toEqual(['servers: 0 of 2 ready, some 6 min of building to go (2 s) | etcd (2 s)\n']);
  progress.start('kwok').update('unpacking');
  vi.advanceTimersByTime(8_000);
  expect(written).toHaveLength(1);
  one.done('is ready');
  vi.advanceTimersByTime(2_400);
  expect(written.slice(1)).toEqual([
    expect.stringMatching(/^etcd: is ready \(10\.\d s\)\n$/),
    expect.stringMatching(/^servers: .* \(12 s\) \| kwok: unpacking \(10 s\)\n$/),
  ]);
});

it('progress is redrawn in place on a terminal', () => {
  const { written, out } = stream(true);
  const task = terminalProgress(out).start('etcd');
  vi.advanceTimersByTime(450);
  task.done();
  expect(written.join('').split('\n')).toHaveLength(1);
  expect(written).toContain('etcd (0 s)');
  expect(written.at(-1)).toBe('\r\u001b[2K');
});
