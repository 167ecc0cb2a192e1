import { describe, expect, it } from 'vitest';
import { mendloopReceivers } from '../../../src/cli/doctor/mendloop-receivers.ts';
import type { AlertmanagerApi } from '../../../src/clients/notifications/alertmanager/alertmanager-api.ts';
import { readLoadedConfig } from '../../../src/clients/notifications/alertmanager/loaded-config.ts';
import { inhibitionsOf, parseMatchers, receiversOf } from '../../../src/clients/notifications/alertmanager/routing.ts';

async function loaded(original: string) {
  const api = {
    ask: (_request: unknown, schema: { parse(value: unknown): unknown }) =>
      Promise.resolve({ content: schema.parse({ config: { original } }), now: 0 }),
  } as unknown as AlertmanagerApi;
  return await readLoadedConfig(api);
}

describe('matchers', () => {
  it.each([
    ['severity="critical"', { severity: 'critical' }, true],
    ['severity="critical"', {}, false],
    ['severity!=critical', { severity: 'info' }, true],
    ['severity!=critical', {}, true],
    ['alertname=~"Kube.*"', { alertname: 'KubePodNotReady' }, true],
    ['alertname=~"Kube"', { alertname: 'KubePodNotReady' }, false],
    ['alertname!~"Watchdog|InfoInhibitor"', { alertname: 'Watchdog' }, false],
    ['{team="shop", env!="dev"}', { team: 'shop', env: 'prod' }, true],
    ['{team="shop", env!="dev"}', { team: 'shop', env: 'dev' }, false],
    ['note="a \\"quoted\\", word"', { note: 'a "quoted", word' }, true],
    ['"utf-8 name"="x"', { 'utf-8 name': 'x' }, true],
  ])('%s of %j: %s', (text, labels, expected) => {
    expect(parseMatchers(text).every((matches) => matches(labels))).toBe(expected);
  });

  it('that cannot be read are refused', () => {
    expect(() => parseMatchers('severity')).toThrow('cannot be read');
  });
});

describe('an alert is routed', () => {
  const yaml = `
route:
  receiver: on-call
  routes:
    - { receiver: nobody, match: { alertname: Watchdog } }
    - receiver: mendloop
      continue: true
      matchers: ['team="shop"']
      routes: [{ matchers: ['severity="info"'], receiver: quiet }]
    - { receiver: chat, match_re: { severity: 'warning|critical' } }
receivers:
  - { name: on-call }
  - { name: nobody }
  - { name: quiet }
  - { name: chat, webhook_configs: [{ url: 'http://chat.example/hook' }] }
  - { name: mendloop, webhook_configs: [{ url: 'http://mendloop:8080/webhooks/alertmanager' }] }
`;
  it.each([
    [{ alertname: 'Watchdog', team: 'shop' }, ['nobody']],
    [{ alertname: 'X', team: 'shop', severity: 'warning' }, ['mendloop', 'chat']],
    [{ alertname: 'X', team: 'shop', severity: 'info' }, ['quiet']],
    [{ alertname: 'X', severity: 'critical' }, ['chat']],
    [{ alertname: 'X' }, ['on-call']],
  ])('%j to %j, as Alertmanager does it', async (labels, receivers) => {
    expect(receiversOf(await loaded(yaml), labels)).toEqual(receivers);
  });

  it('to Mendloop by the path of its webhook, or by its name where URLs are hidden or where it is named', async () => {
    const names = async (text: string, named?: string) =>
      mendloopReceivers(await loaded(text), named).map(({ name }) => name);
    expect(await names(yaml)).toEqual(['mendloop']);
    expect(await names(yaml, 'chat')).toEqual(['chat']);
    expect(await names(yaml.replaceAll(/url: '[^']*'/g, 'url: <secret>'))).toEqual(['mendloop']);
  });
});

it('inhibitions that mute an alert are found, but for those of the same alert by a graver severity', async () => {
  const config = await loaded(`
route: { receiver: x }
receivers: [{ name: x }]
inhibit_rules:
  - { source_matchers: ['severity="critical"'], target_matchers: ['severity=~"warning|info"'], equal: [namespace, alertname] }
  - { source_matchers: ['alertname="InfoInhibitor"'], target_matchers: ['severity="info"'], equal: [namespace] }
  - { source_match: { alertname: NodeDown }, target_match_re: { alertname: 'Pod.*' } }
`);
  expect(inhibitionsOf(config, { alertname: 'CPUThrottlingHigh', severity: 'info' })).toHaveLength(1);
  expect(inhibitionsOf(config, { alertname: 'CPUThrottlingHigh', severity: 'warning' })).toHaveLength(0);
  expect(inhibitionsOf(config, { alertname: 'PodSlow', severity: 'info' })).toHaveLength(2);
});
