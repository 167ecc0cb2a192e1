import { expect, it } from 'vitest';
import { describeUp } from '../../../src/cli/describe-up.ts';
import { asTyped, commandName } from '../../../src/cli/command-name.ts';
import { configSchema } from '../../../src/config/schema.ts';

const addresses = {
  console: 'http://127.0.0.1:1/',
  webhook: 'http://127.0.0.1:1/webhooks/alertmanager',
  metrics: 'http://127.0.0.1:1/metrics',
  webUi: 'http://127.0.0.1:3',
  temporal: '127.0.0.1:7',
  kubeconfig: undefined,
  policyRevision: 'abc',
  settingsFile: undefined,
};

it('up prints the console first, and what to type in another terminal', () => {
  const lines = describeUp(addresses, configSchema.parse({}))
    .split('\n')
    .map((line) => line.trim());
  expect(lines.find((line) => line.includes('http'))).toBe('console          http://127.0.0.1:1/');
  const first = lines.indexOf('export TEMPORAL_ADDRESS=127.0.0.1:7');
  expect(lines.slice(first + 1, first + 4)).toEqual(
    ['remediations', 'show latest', 'guards'].map((command) => `${commandName({})} ${command}`),
  );
});

it('up says which settings the other commands need', () => {
  const text = describeUp({ ...addresses, settingsFile: '/etc/my settings.yaml' }, configSchema.parse({}));
  expect(text).toContain("  export TEMPORAL_ADDRESS=127.0.0.1:7 MENDLOOP_CONFIG='/etc/my settings.yaml'\n");
});

it('a command that npx started names itself so, in its help too', () => {
  const byNpx = { npm_lifecycle_event: 'npx', npm_lifecycle_script: 'mendloop "show" "--help"' };
  expect([commandName(byNpx), commandName({})]).toEqual(['npx mendloop', 'mendloop']);
  const help = [
    'as `mendloop guards` prints it, by mendloop.yaml',
    '  $ mendloop pause --reason "ask mendloop people"',
    '  $ A=b mendloop api',
    '  $ cat x | mendloop explain -',
  ].join('\n');
  expect(asTyped(help, 'npx mendloop')).toBe(
    [
      'as `npx mendloop guards` prints it, by mendloop.yaml',
      '  $ npx mendloop pause --reason "ask mendloop people"',
      '  $ A=b npx mendloop api',
      '  $ cat x | npx mendloop explain -',
    ].join('\n'),
  );
  expect(asTyped(help, 'mendloop')).toBe(help);
});
