import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CATEGORIES } from '../../../src/cli/doctor/check.ts';
import { CHECKS } from '../../../src/cli/doctor/checks/index.ts';
import { describeVersions } from '../../../src/cli/doctor/checks/temporal-workers.ts';
import { packageRoot } from '../../../src/local/package-root.ts';

const codes = CHECKS.map(({ code }) => code);

describe('the checks of mendloop doctor', () => {
  it('are the files of their folder, each by its code', () => {
    const files = readdirSync(join(packageRoot(), 'src', 'cli', 'doctor', 'checks'))
      .map((name) => name.replace(/\.ts$/, ''))
      .filter((name) => name !== 'index');
    expect(files.toSorted()).toEqual(codes.toSorted());
  });

  it('are in the order of their categories, none of which is empty', () => {
    expect([...new Set(CHECKS.map(({ category }) => category))]).toEqual(CATEGORIES);
    const places = CHECKS.map(({ category }) => CATEGORIES.indexOf(category));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it.each(CHECKS)('$code needs only what is asked before it, also before an installation', (check) => {
    const before = CHECKS.slice(0, codes.indexOf(check.code));
    for (const need of check.needs) {
      const found = before.find(({ code }) => code === need);
      expect(found, need).toBeDefined();
      if (check.beforeInstall) expect(found?.beforeInstall, need).toBe(true);
    }
    expect(check.deadlineSeconds).toBeGreaterThan(0);
  });
});

describe('docs/doctor.md', () => {
  const text = readFileSync(join(packageRoot(), 'docs', 'doctor.md'), 'utf8');
  const sections = text.split(/^### /m).slice(1);
  const told = sections.map((section) => {
    const [code = '', description = '', terms = '', ...advice] = section
      .split(/^## /m)[0]!
      .split('\n\n')
      .map((part) => part.replaceAll('\n', ' ').trim());
    return { code, description, terms, advice: advice.join(' ').trim() };
  });

  it('lists every check once, in their order, and no other', () => {
    expect(told.map(({ code }) => code)).toEqual(codes);
  });

  it.each(CHECKS)('says of $code what the code says, and what to do', (check) => {
    const { code, description, severity, deadlineSeconds, beforeInstall } = check;
    const section = told.find((one) => one.code === code);
    const terms = `_${severity}, within ${deadlineSeconds} s${beforeInstall ? ', also with `--pre`' : ''}_`;
    expect(section).toMatchObject({ description, terms });
    expect(section?.advice).toMatch(/^\S.{20,}\.$/);
  });
});

it.each<[(string | undefined)[], string]>([
  [[], ''],
  [[undefined, undefined], ''],
  [['a1', 'a1'], ', version mendloop:a1'],
  [['b2', 'a1', 'b2'], ', of 2 versions (mendloop:a1, mendloop:b2): a roll-out under way, or workers left behind'],
  [[undefined, 'a1'], ', of 2 versions (mendloop:a1, unversioned): a roll-out under way, or workers left behind'],
])('versions of workers are told, and more than one as what it is: %j', (builds, text) => {
  const pollers = builds.map((buildId) => ({
    identity: 'worker',
    ...(buildId === undefined ? {} : { version: { deploymentName: 'mendloop', buildId } }),
  }));
  expect(describeVersions(pollers)).toBe(text);
});
