import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAlertNames } from '../../../src/clients/policy/lint/known-alerts.ts';
import { findPlaces } from '../../../src/clients/policy/lint/places.ts';

let folder: string;
const file = (path: string) => join(folder, path);

const FILES = {
  'base/services/data.yaml': '# Ours\norder-service:\n  scale: { replicas: 5 }\ncart:\n  scale: { replicas: 2 }\n',
  'base/catalogue/alerts/mixin/data.yaml': 'KubePodCrashLooping:\n  why: program\nWatchdog:\n  decision: ignore\n',
  'base/rules/sale.rego': '# A rule.\npackage mendloop.rules.sale\n\nwants := {"alertname": "Sale"}\n\nplan := lib.x\n',
  'base/rules/left.rego': 'package mendloop.rules["left"]\n\nwants := {}\n\nhuman := {"reason": "x"}\n',
  'base/rules/bare.rego': 'package mendloop.rules.bare\n\nx := 1\n',
  'base/rules/sale_test.rego': 'package mendloop.rules.sale\n\ntest_x if true\n',
  'base/lib/lib.rego': 'package mendloop.lib\n\nplan := 1\n',
  'own/overrides/data.yaml': 'services:\n  order-service:\n    scale: { replicas: 4 }\n',
  'own/data.json': '{"services": {"own": {}}}',
  'own/broken/data.yaml': 'a: 1\na: 2\n',
  'rules/plain.yml': 'groups:\n  - name: a\n    rules:\n      - alert: One\n      - record: x:y\n  - name: empty\n',
  'rules/operator.yaml':
    'kind: PrometheusRule\nspec:\n  groups:\n    - name: a\n      rules: [{ alert: Two }]\n---\nkind: ConfigMap\n',
  'rules/other.yml': 'tests: []\n',
  'rules/broken.yml': 'groups: [\n',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-files-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(file(path)), { recursive: true });
    await writeFile(file(path), text);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the places of a policy', () => {
  const places = () => findPlaces([file('base'), file('own')]);

  it('of rules are where they say what to do', async () => {
    const { rule } = await places();
    expect(rule('sale')).toEqual({ file: file('base/rules/sale.rego'), line: 6 });
    expect(rule('left')).toEqual({ file: file('base/rules/left.rego'), line: 5 });
    expect(rule('bare')).toEqual({ file: file('base/rules/bare.rego'), line: 1 });
    expect(rule('lib')).toBeUndefined();
  });

  it('of data are by their path, through every folder', async () => {
    const { data, entry } = await places();
    expect(data(['services', 'cart'])).toEqual({ file: file('base/services/data.yaml'), line: 4, column: 1 });
    expect(data(['services', 'cart', 'scale'])).toMatchObject({ line: 5, column: 3 });
    expect(data(['services', 'own'])).toMatchObject({ file: file('own/data.json'), line: 1 });
    expect(data(['overrides', 'services', 'order-service'])).toMatchObject({
      file: file('own/overrides/data.yaml'),
      line: 2,
    });
    expect(data(['services', 'nobody'])).toBeUndefined();
    expect(data(['services', 'constructor'])).toBeUndefined();
    expect(entry('Watchdog')).toEqual({ file: file('base/catalogue/alerts/mixin/data.yaml'), line: 3, column: 1 });
    expect(entry('Nobody')).toBeUndefined();
  });

  it('hold what cannot be read as it looks', async () => {
    const { problems } = await places();
    expect(problems).toEqual([
      {
        place: { file: file('own/broken/data.yaml'), line: 2, column: 1 },
        message: expect.stringContaining('twice') as string,
      },
    ]);
  });
});

it('the alerts of rule files are found in both forms, and a file that cannot be read is told', async () => {
  const files = ['plain.yml', 'operator.yaml', 'other.yml', 'broken.yml'].map((name) => file(`rules/${name}`));
  const { names, findings } = await readAlertNames(files);
  expect([...names]).toEqual(['One', 'Two']);
  expect(findings).toMatchObject([{ severity: 'error', check: 'data', place: { file: file('rules/broken.yml') } }]);
});
