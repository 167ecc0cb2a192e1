import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAction, describeActions } from '../../../src/cli/actions/describe-actions.ts';
import { writeSkeleton } from '../../../src/cli/actions/write-skeleton.ts';
import { actionView, parametersSchema } from '../../../src/domain/actions/action-view.ts';
import { ACTIONS } from '../../../src/domain/actions/index.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

const plain = (_tone: unknown, text: string) => text;

describe('the catalogue, as it is told', () => {
  it('lists every action with what it does and how it is undone', () => {
    const text = describeActions(Object.values(ACTIONS).map(actionView), plain);
    for (const { name, summary } of Object.values(ACTIONS)) {
      expect(text).toContain(name);
      expect(text).toContain(summary);
    }
  });

  it('tells of one action whom it asks, what proves it, and what it may do', () => {
    const text = describeAction(actionView(ACTIONS['expand_volume']!), plain);
    expect(text).toContain('a human, always: a volume never shrinks again');
    expect(text).toMatch(/^proof +claim bound$/m);
    expect(text).toMatch(/^permission +get, patch persistentvolumeclaims \(namespaced\)$/m);
    expect(text).not.toContain('lease');
    const cordon = describeAction(actionView(ACTIONS['cordon']!), plain);
    expect(cordon).toMatch(/^proof +the plan says it$/m);
    expect(cordon).toMatch(/^preconditions +not_repeated, nodes_ready, kind_is, marked, not_marked$/m);
  });

  it.each(Object.entries(ACTIONS))('has a schema for the parameters of %s', (_name, action) => {
    expect(parametersSchema(action)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });
});

describe('the skeleton of an action', () => {
  let checkout: string;
  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), 'mendloop-skeleton-'));
    for (const half of ['domain', 'activities']) {
      const folder = join('src', half, 'actions');
      mkdirSync(join(checkout, folder), { recursive: true });
      copyFileSync(join(packageRoot(), folder, 'catalogue.ts'), join(checkout, folder, 'catalogue.ts'));
    }
    writeFileSync(join(checkout, 'src/domain/actions/contract.ts'), '');
  });
  afterEach(() => rmSync(checkout, { recursive: true }));

  const namesIn = (file: string) =>
    [...readFileSync(join(checkout, file), 'utf8').matchAll(/^export \{ (\w+) as (\w+) \} from '(\S+)';$/gm)].map(
      ([, , name]) => name,
    );

  it('is a pair of files, a table and a test, with a line of each half in the catalogue', async () => {
    const told = await writeSkeleton(checkout, 'rotate_log');
    for (const path of [
      'src/domain/actions/rotate_log/rotate-log.ts',
      'src/activities/actions/rotate_log.ts',
      'test/support/actions/rotate_log.ts',
      'test/unit/actions/rotate-log.test.ts',
    ]) {
      expect(told).toContain(`wrote ${path}`);
      expect(readFileSync(join(checkout, path), 'utf8')).toContain('rotate');
    }
    for (const file of ['src/domain/actions/catalogue.ts', 'src/activities/actions/catalogue.ts']) {
      expect(told).toContain(`added its line to ${file}`);
      expect(namesIn(file)).toEqual([...Object.keys(ACTIONS), 'rotate_log'].toSorted());
    }
  });

  it('overwrites nothing, and is refused a name that is taken or none', async () => {
    await writeSkeleton(checkout, 'rotate_log');
    await expect(writeSkeleton(checkout, 'rotate_log')).rejects.toThrow('EEXIST');
    await expect(writeSkeleton(checkout, 'scale')).rejects.toThrow('there is an action scale already');
    await expect(writeSkeleton(checkout, '../evil')).rejects.toThrow('is no name of an action');
    await expect(writeSkeleton(tmpdir(), 'rotate_log')).rejects.toThrow('is no checkout of Mendloop');
  });
});
