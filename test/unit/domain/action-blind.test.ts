import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

/** Everything that drives, records, tells or counts a remediation, whatever its action is. */
const GENERIC = [
  'src/api',
  'src/cli',
  'src/clients/notifications',
  'src/console',
  'src/contract',
  'src/domain',
  'src/store',
  'src/telemetry',
  'src/workflows',
];

/** The words of one action, and the numbers that it moves. */
const WORDS = /\b(scale|scaled|scaling|replicas?)\b/i;

/** Where a word may stand all the same, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/domain/actions/catalogue.ts': 'the catalogue, which names every action',
  'src/domain/actions/contract.ts': 'examples in the comments of the contract',
  'src/domain/actions/readings.ts': 'examples in the comments of the contract',
  'src/domain/actions/effects.ts': 'examples in the comments of the contract',
  'src/domain/actions/field-owners.ts': 'an example in a comment: the path of a field',
  'src/domain/actions/template-facts.ts': "what a workload's status calls its Pods, for the actions on its template",
  'src/domain/actions/rollout.ts': 'what a workload says of itself, for the actions that wait for a rollout',
  'src/domain/diagnosis/describe-status.ts': 'what a spec calls its numbers, for the human who is told of the object',
  'src/domain/verification/condition-object.ts': "what a workload's status calls its Pods",
  'src/domain/verification/judge-workload.ts': "what a workload's status calls its Pods",
  'src/cli/init/files.ts': 'the example rule that it writes into a folder of policy',
};

/** Rooms of one action each. */
const isRoomOfAnAction = (path: string) =>
  Object.keys(ACTIONS).some((name) => path.startsWith(`src/domain/actions/${name}/`));

const root = packageRoot();
const files = GENERIC.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, '')),
).filter((path) => /\.(ts|js|html|css)$/.test(path) && !isRoomOfAnAction(path));

const linesWith = (path: string) =>
  readFileSync(join(root, path), 'utf8')
    .split('\n')
    .flatMap((line, index) => (WORDS.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));

it('generic code does not know which action it drives', () => {
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((path) => !(path in ALLOWED)).flatMap(linesWith)).toEqual([]);
});

it.each(Object.entries(ALLOWED))('%s needs its exception: %s', (path) => {
  expect(linesWith(path)).not.toEqual([]);
});
