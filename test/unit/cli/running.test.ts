import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeStore, findInstallation, leavePointer, type Running, runningHere } from '../../../src/cli/running.ts';
import { scratchFolder } from '../stack/scratch.ts';

const temporal = { address: '127.0.0.1:7999', namespace: 'default' };
let home: string;
let forgets: (() => void)[] = [];

const running = (name: string, more: Partial<Running> = {}) => {
  const forget = leavePointer({ command: 'mendloop up', state: join(home, name), temporal, ...more });
  forgets.push(forget);
  return forget;
};
const storeOf = (options = {}) => describeStore(findInstallation(options).config);

beforeEach(async () => {
  home = await scratchFolder();
  vi.stubEnv('XDG_STATE_HOME', home);
  vi.stubEnv('MENDLOOP_STATE', '');
  vi.stubEnv('MENDLOOP_CONFIG', '');
});
afterEach(() => {
  for (const forget of forgets) forget();
  forgets = [];
  vi.unstubAllEnvs();
});

it('the installation that runs is found, with its store, its keys and its Temporal', () => {
  expect(storeOf()).toBe(join(home, 'mendloop', 'audit'));
  const forget = running('elsewhere');
  const found = findInstallation({});
  expect(describeStore(found.config)).toBe(join(home, 'elsewhere', 'audit'));
  expect(found.config.orders.folder).toBe(join(home, 'elsewhere', 'orders'));
  expect(found.running?.temporal).toEqual(temporal);
  forget();
  expect(storeOf()).toBe(join(home, 'mendloop', 'audit'));
});

it('a pointer of a process that has died points nowhere, and is cleared away', () => {
  const folder = join(home, 'mendloop', 'running');
  mkdirSync(folder, { recursive: true });
  const identity = { pid: 2 ** 22 + 7, startTime: '1' };
  writeFileSync(
    join(folder, 'dead.json'),
    JSON.stringify({ identity, command: 'x', state: join(home, 'dead'), temporal }),
  );
  writeFileSync(join(folder, 'broken.json'), '{');
  expect(runningHere()).toEqual([]);
  expect(readdirSync(folder)).toEqual(['broken.json']);
});

it('what is named comes first: a state folder, settings that place the store', () => {
  const file = join(home, 'mendloop.yaml');
  writeFileSync(file, `audit: { store: { type: embedded, folder: ${home}/own } }\n`);
  running('elsewhere');
  expect(storeOf({ config: file })).toBe(`${home}/own`);
  vi.stubEnv('MENDLOOP_STATE', join(home, 'named'));
  expect(storeOf()).toBe(join(home, 'named', 'audit'));
});

it('settings that say nothing of the store lead to the installation that runs with them', () => {
  const file = join(home, 'mendloop.yaml');
  writeFileSync(file, 'log: { level: warn }\n');
  running('with-settings', { config: file });
  expect(storeOf({ config: file })).toBe(join(home, 'with-settings', 'audit'));
  writeFileSync(join(home, 'other.yaml'), '');
  expect(storeOf({ config: join(home, 'other.yaml') })).toBe(join(home, 'mendloop', 'audit'));
});
