import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { keysAt } from '../../../src/config/walk-schema.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mendloop-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string, name = 'settings.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const load = (text: string) => loadConfig({ path: write(text), env: {} });

function faultsOf(text: string): ConfigError {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the settings were accepted');
}

const problems = (text: string) =>
  faultsOf(text).problems.map(({ key, line, column, message }) => `${line}:${column} ${key}: ${message}`);

describe('which file is read', () => {
  it('takes the defaults where there is none', () => {
    expect(loadConfig({ env: {}, folder })).toEqual(configSchema.parse({}));
    expect(load('')).toEqual(configSchema.parse({}));
    expect(load('# nothing yet\n')).toEqual(configSchema.parse({}));
  });

  it('prefers the path, then $MENDLOOP_CONFIG, then mendloop.yaml', () => {
    const work = mkdtempSync(join(folder, 'work-'));
    writeFileSync(join(work, 'mendloop.yaml'), 'api: { port: 1 }');
    const env = { MENDLOOP_CONFIG: write('api: { port: 2 }', 'by-env.yaml') };
    expect(loadConfig({ env: {}, folder: work }).api.port).toBe(1);
    expect(loadConfig({ env: { MENDLOOP_CONFIG: '' }, folder: work }).api.port).toBe(1);
    expect(loadConfig({ env, folder: work }).api.port).toBe(2);
    expect(loadConfig({ path: write('api: { port: 3 }'), env, folder: work }).api.port).toBe(3);
  });

  it('insists on a file that was named', () => {
    const missing = join(folder, 'missing.yaml');
    expect(() => loadConfig({ path: missing, env: {} })).toThrow(/missing\.yaml.*\n.*cannot be read \(ENOENT\)/);
    expect(() => loadConfig({ env: { MENDLOOP_CONFIG: missing } })).toThrow(/missing\.yaml \(\$MENDLOOP_CONFIG\)/);
    expect(() => loadConfig({ path: folder, env: {} })).toThrow(/EISDIR/);
  });
});

describe('settings that are right', () => {
  it('are frozen at every depth', () => {
    const config = load('cost: { budgets: { shop: { daily: 5 } } }');
    expect(() => {
      config.cost.budgets['shop']!.daily = 6;
    }).toThrow(TypeError);
    expect(() => {
      config.api.port = 1;
    }).toThrow(TypeError);
  });

  it('may use anchors', () => {
    const config = load(
      'prometheus: { url: "http://p:9090", headers: &common { x-team: shop } }\n' +
        'notifications: { channels: { am: { type: alertmanager, endpoint: { url: "http://a", headers: *common } } } }',
    );
    expect(config.notifications.channels['am']).toMatchObject({ endpoint: { headers: { 'x-team': 'shop' } } });
  });
});

describe('settings that are wrong', () => {
  it('are told all at once, each with its place', () => {
    const text = [
      'api:',
      '  prot: 8080',
      '  port: 99999',
      'cost:',
      '  cpuHour: cheap',
      '  budgets:',
      '    shop: { scope: city }',
      'notifications:',
      '  channels:',
      '    chat: { type: pager }',
      'log:',
    ].join('\n');
    expect(problems(text)).toEqual([
      '2:3 api.prot: is not a known key; did you mean port?',
      '3:3 api.port: must be at most 65535',
      '5:3 cost.cpuHour: must be number, is string',
      '7:5 cost.budgets.shop.daily: is missing',
      '7:13 cost.budgets.shop.scope: must be one of namespace, team, cluster',
      '10:13 notifications.channels.chat.type: must be one of alertmanager, webhook, cloudevents, pagerduty, slack, jsm, msteams',
      '11:1 log: is empty: give a value, or leave the key out',
    ]);
    expect(faultsOf(text).message).toMatch(/settings\.yaml has 7 problems:\n {2}2:3 api\.prot: is not/);
  });

  it.each([
    ['max_body_bytes', 'maxBodyBytes'],
    ['Port', 'port'],
    ['webhooktoken', 'webhookToken'],
  ])('guess what %s was meant to be', (typed, meant) => {
    expect(problems(`api: { ${typed}: 1 }`)).toEqual([`1:8 api.${typed}: is not a known key; did you mean ${meant}?`]);
  });

  it('name an Alertmanager that is to be asked, and unknown', () => {
    const text =
      'alerts: { confirm: { default: { source: alertmanager }, senders: { am: { source: alertmanager } } } }';
    const message = 'needs to know the Alertmanager: alerts.confirm.alertmanager';
    expect(faultsOf(text).problems.map((problem) => [problem.key, problem.message])).toEqual([
      ['alerts.confirm.default.source', message],
      ['alerts.confirm.senders.am.source', message],
    ]);
    expect(
      load(`${text}\nnotifications: { holdPages: { endpoint: { url: "http://a" } } }`).alerts.confirm.default,
    ).toEqual({
      source: 'alertmanager',
    });
  });

  it('want a reason for asking nobody', () => {
    expect(problems('alerts: { confirm: { default: { source: none } } }')).toEqual([
      expect.stringContaining('alerts.confirm.default.reason: is missing'),
    ]);
  });

  it.each([
    ['tarces: {}', 'tarces: is not a known key; did you mean traces?'],
    ['windows: [{ nam: holidays }]', 'windows.0.nam: is not a known key; did you mean name?'],
    ['windows: [{ timezone: UTC }]', 'windows.0.timezone: is not a known key; did you mean timeZone?'],
    ['cost: { source: { typ: opencost } }', 'typ is not a known key; did you mean type?'],
    ['audit: { store: { tpye: postgres } }', 'tpye is not a known key; did you mean type?'],
    ['flags: { Provider: file }', 'Provider is not a known key; did you mean provider?'],
    ['alerts: { confirm: { default: { sorce: none } } }', 'sorce is not a known key; did you mean source?'],
  ])('guess also in windows, where two letters have changed places, and what tells forms apart: %s', (text, said) => {
    expect(problems(text).join('\n')).toContain(said);
  });

  it('guess nothing far-fetched', () => {
    expect(problems('banana: 1')).toEqual(['1:1 banana: is not a known key']);
  });

  it('guess inside the forms of a union', () => {
    const text = 'notifications: { channels: { am: { type: webhook, endpoint: { url: "http://a" }, event: all } } }';
    expect(problems(text)[0]).toContain('am.event: is not a known key; did you mean events?');
  });

  it.each(['bearer: hunter2', 'bearer: { env: A, file: hunter2 }', 'bearer: { value: hunter2 }', 'bearer: [hunter2]'])(
    'never repeat a secret that was written in place: %s',
    (secret) => {
      const error = faultsOf(`prometheus:\n  url: http://p\n  ${secret}`);
      expect(error.message).toContain('3:3 prometheus.bearer: must be { env: VARIABLE } or { file: PATH }');
      expect(error.message).not.toContain('hunter2');
    },
  );

  it.each([
    [
      'log: { level: info }\nlog: { level: warn }\napi: { port: x }',
      ['2:1 : the key log stands twice in one place', '3:8 api.port: must be number, is string'],
    ],
    ['log:\n\tlevel: info', ['not valid YAML']],
    ['log: {}\n---\nlog: {}', ['a second document']],
    ['log: { level: !hunter2 }', ['an unknown tag']],
    ['log: "hunter2', ['1:14 : not valid YAML']],
    ['log: *hunter2', ['has no anchor']],
    ['- a\n- b', ['must be object, is list']],
    ['log: { level: [info]', ['not valid YAML']],
  ])('may be wrong as YAML: %j', (text, expected) => {
    const found = problems(text);
    for (const [index, part] of expected.entries()) expect(found[index]).toContain(part);
    expect(found.join()).not.toContain('hunter2');
  });

  it('do not expand aliases without end', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i += 1)
      bomb.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(bomb.join('\n'))).toEqual([expect.stringContaining('expands without end')]);
  });
});

describe('mendloop.example.yaml', () => {
  const path = fileURLToPath(new URL('../../../examples/config/mendloop.example.yaml', import.meta.url));

  it('is what the defaults are', () => {
    expect(loadConfig({ path, env: {} })).toEqual(configSchema.parse({}));
  });

  it('names every key there is', () => {
    const text = readFileSync(path, 'utf8');
    const known = (at: readonly string[]): string[] => {
      const keys = keysAt(configSchema, at);
      // Below a record, any key leads on.
      const isRecord = ['channels', 'budgets', 'senders'].includes(at.at(-1) ?? '');
      const next = keys.length > 0 ? keys : isRecord ? ['any'] : [];
      return [...keys, ...next.flatMap((key) => known([...at, key]))];
    };
    const keys = new Set(known([]));
    expect(keys.size).toBeGreaterThan(50);
    expect([...keys].filter((key) => !new RegExp(`\\b${key}:`).test(text))).toEqual([]);
  });
});
