import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSecrets } from '../../../src/config/check-secrets.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { loadConfig } from '../../../src/config/load.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mendloop-notifications-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function load(text: string) {
  const path = join(folder, 'settings.yaml');
  writeFileSync(path, text);
  return loadConfig({ path, env: {} });
}

function problemsOf(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
  return [];
}

const all = `
notifications:
  channels:
    on-call: { type: alertmanager, endpoint: { url: "http://am.example" } }
    pager: { type: pagerduty, routingKey: { env: PD }, maxPerMinute: 30 }
    ops: { type: jsm, apiKey: { env: OG }, responders: [{ type: team, id: 4513b7ea }] }
    chat: { type: slack, webhook: { url: { env: SLACK } }, events: failures, maxPerMinute: 10 }
    teams: { type: msteams, webhook: { url: { file: /run/secrets/teams } } }
    bus: { type: cloudevents, endpoint: { url: "http://bus.example" }, mode: structured, signingSecret: { env: KEY } }
    hook: { type: webhook, endpoint: { url: "http://hook.example" }, signingSecret: { env: KEY } }
  routes:
    - match: { urgency: failure, outcomes: [escalated], labels: { team: shop }, labelsMatching: { severity: "crit.*" } }
      channels: [pager, chat]
      continue: true
    - channels: [bus]
  holdPages: { endpoint: { url: "http://am.example" }, maxSeconds: 900, matchers: [alertname, namespace] }
`;

describe('the settings of notifications', () => {
  it('have defaults', () => {
    const { channels, routes, holdPages } = load(all).notifications;
    expect(channels).toMatchObject({
      pager: { endpoint: { url: 'https://events.pagerduty.com', timeoutSeconds: 10 } },
      ops: { endpoint: { url: 'https://api.atlassian.com/jsm/ops/integration' } },
      teams: { events: 'all', webhook: { timeoutSeconds: 10, headers: {} } },
      bus: { source: 'urn:mendloop' },
    });
    expect(routes[1]).toEqual({ match: { labels: {}, labelsMatching: {} }, channels: ['bus'], continue: false });
    expect(holdPages).toMatchObject({ maxSeconds: 900, matchers: ['alertname', 'namespace'] });
    expect(load('').notifications).toEqual({ channels: {}, routes: [] });
  });

  it('are told what is wrong, each with its key', () => {
    const text = `
notifications:
  channels:
    chat: { type: slack, webhook: { url: "https://hooks.slack.com/services/hunter2" } }
    pager: { type: pagerduty, routngKey: { env: X } }
    bus: { type: cloudevents, endpoint: { url: "http://x" }, source: "no spaces" , maxPerMinute: 0 }
    fax: { type: fax }
  routes:
    - match: { urgency: dire, outcomes: [healed], labelsMatching: { team: "(" } }
      channels: [chta, postcard]
  holdPages: { endpoint: { url: "http://am.example" }, maxSeconds: 3601, matchers: [] }
`;
    const problems = problemsOf(() => load(text));
    expect(problems).toEqual([
      'notifications.channels.chat.webhook.url: must be { env: VARIABLE } or { file: PATH }; a secret is named here, never written',
      'notifications.channels.pager.routingKey: must be { env: VARIABLE } or { file: PATH }; a secret is named here, never written',
      'notifications.channels.pager.routngKey: is not a known key; did you mean routingKey?',
      'notifications.channels.bus.source: must be a URI or a path',
      'notifications.channels.bus.maxPerMinute: must be at least 1',
      'notifications.channels.fax.type: must be one of alertmanager, webhook, cloudevents, pagerduty, slack, jsm, msteams',
      'notifications.routes.0.match.urgency: must be one of failure, question, event',
      expect.stringMatching(/^notifications\.routes\.0\.match\.outcomes\.0: must be one of remediated, rolled_back/),
      'notifications.routes.0.match.labelsMatching.team: is not a regular expression of RE2, as Prometheus has them',
      'notifications.holdPages.maxSeconds: must be at most 3600',
      'notifications.holdPages.matchers: must be at least 1',
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('know the channels that routes name, and the one that was probably meant', () => {
    const text = `
notifications:
  channels: { chat: { type: webhook, endpoint: { url: "http://x" } } }
  routes: [{ match: { label: { a: b } }, channels: [] }]
`;
    expect(problemsOf(() => load(text))).toEqual([
      'notifications.routes.0.match.label: is not a known key; did you mean labels?',
    ]);
    const named = text
      .replace('label: { a: b }', 'labels: { a: b }')
      .replace('channels: []', 'channels: [chat, chta, fax]');
    expect(problemsOf(() => load(named))).toEqual([
      'notifications.routes.0.channels.1: is none of the channels; did you mean chat?',
      'notifications.routes.0.channels.2: is none of the channels',
    ]);
  });

  it('are checked for every secret they name', () => {
    const config = load(all);
    expect(problemsOf(() => checkSecrets(config, { env: {} })).map((line) => line.split(':')[0])).toEqual([
      'notifications.channels.pager.routingKey',
      'notifications.channels.ops.apiKey',
      'notifications.channels.chat.webhook.url',
      'notifications.channels.teams.webhook.url',
      'notifications.channels.bus.signingSecret',
      'notifications.channels.hook.signingSecret',
    ]);
  });
});
