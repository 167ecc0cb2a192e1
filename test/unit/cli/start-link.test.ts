import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { consoleLink, findWaysIn, leaveWayIn, startUser } from '../../../src/cli/start-link.ts';

function stateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mendloop-state-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

const wayIn = (port: number) => ({ url: `http://127.0.0.1:${port}`, token: startUser().token() });

it('each start has a token of its own, which stands for every role', () => {
  const [one, other] = [startUser(), startUser()];
  expect(one).toMatchObject({ name: 'local', roles: ['*'] });
  expect(one.token()).toMatch(/^[\w-]{43}$/);
  expect(one.token()).not.toBe(other.token());
});

it('is left for the same user alone, and taken away at the end', () => {
  const state = stateFolder();
  const [first, second] = [wayIn(8080), wayIn(9090)];
  const left = leaveWayIn(state, first);
  leaveWayIn(state, second);
  expect(statSync(left.file).mode & 0o777).toBe(0o600);
  expect(statSync(join(left.file, '..')).mode & 0o777).toBe(0o700);
  expect(findWaysIn(state)).toEqual(expect.arrayContaining([first, second]));
  left.remove();
  expect(findWaysIn(state)).toEqual([second]);
});

it('replaces what a crash has left, and does not take away what is another start’s by now', () => {
  const state = stateFolder();
  const before = leaveWayIn(state, wayIn(8080));
  const now = wayIn(8080);
  const { file } = leaveWayIn(state, now);
  before.remove();
  expect(findWaysIn(state)).toEqual([now]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(now);
  writeFileSync(file, '{"url":');
  expect(findWaysIn(state)).toEqual([]);
  expect(findWaysIn(join(state, 'nothing'))).toEqual([]);
});

it('has its token in the fragment, which is sent to no server', () => {
  const { url, token } = wayIn(8080);
  const { search, pathname, hash } = new URL(consoleLink({ url, token }));
  expect([search, pathname, hash]).toEqual(['', '/', `#token=${token}`]);
});
