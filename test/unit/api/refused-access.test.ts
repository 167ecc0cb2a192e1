import { describe, expect, it } from 'vitest';
import { RefusalLimits } from '../../../src/api/access/refusal-limits.ts';
import { signLink } from '../../../src/clients/links/approval-link.ts';
import { signReportLink } from '../../../src/clients/links/report-link.ts';
import type { AuditEntry } from '../../../src/domain/audit/audit-entry.ts';
import { type Door, refusalReasons } from '../../../src/telemetry/metrics/access-metrics.ts';
import { aWebhook, startApi, wireAlert } from './api-harness.ts';
import { FakeGuards } from './fake-guards.ts';
import { FakeRemediations } from './fake-remediations.ts';
import { ANN } from './people-harness.ts';
import { MemoryUnhandled } from '../../support/incidents/memory-unhandled.ts';
import { rawPost } from './raw-request.ts';

const SECRET = 's'.repeat(32);
const TOKEN = 'token-of-alertmanager';

async function startWatched() {
  const entries: AuditEntry[] = [];
  const audit = {
    broken: false,
    append: (added: readonly AuditEntry[]) => {
      if (audit.broken) return Promise.reject(new Error('away'));
      entries.push(...added);
      return Promise.resolve();
    },
  };
  const people = {
    ...{ users: [ANN], remediations: new FakeRemediations(), guards: new FakeGuards() },
    ...{ unhandled: new MemoryUnhandled(), linkSecret: () => SECRET },
  };
  const api = await startApi({ webhookToken: () => TOKEN, people, audit });
  return { ...api, entries, audit };
}

type Watched = Awaited<ReturnType<typeof startWatched>>;

const claims = { remediationId: 'remediation/default/A/0123456789abcdef/1', expiresAt: 1 };
const wrong = { authorization: 'Bearer guessed-at' };
const get =
  (path: string, headers: Record<string, string> = {}) =>
  (api: Watched) =>
    fetch(`${api.url}${path}`, { headers });
const alerts = (headers: Record<string, string>) => (api: Watched) => api.post(aWebhook([wireAlert()]), headers);
const expiredLink = signLink({ ...claims, round: 'r', linkId: 'l'.repeat(22), name: 'sre', roles: ['sre'] }, SECRET);

describe('every door counts, logs and audits whom it turns away', () => {
  it.each<[Door, string, number, (api: Watched) => Promise<Response>]>([
    ['webhook', 'token_missing', 401, alerts({})],
    ['webhook', 'token_wrong', 401, alerts(wrong)],
    ['webhook', 'cross_site', 403, alerts({ origin: 'https://evil.example' })],
    ['api', 'token_missing', 401, get('/api/v1/remediations')],
    ['api', 'token_wrong', 401, get('/api/v1/guards', wrong)],
    ['api', 'token_wrong', 401, get('/api/v1/nothing', wrong)],
    ['api', 'cross_site', 403, get('/api/v1/guards', { 'sec-fetch-site': 'cross-site' })],
    ['events', 'token_missing', 401, get('/api/v1/events')],
    ['events', 'token_wrong', 401, get('/api/v1/events', wrong)],
    ['approval_link', 'link_forged', 404, get('/approvals/nonsense')],
    ['approval_link', 'link_expired', 410, get(`/approvals/${expiredLink}`)],
    ['report_link', 'link_forged', 404, get('/reports/nonsense/plot.png')],
    ['report_link', 'link_expired', 410, get(`/reports/${signReportLink(claims, SECRET)}`)],
  ])('%s: %s', async (door, reason, status, attempt) => {
    const api = await startWatched();
    expect((await attempt(api)).status).toBe(status);
    expect(await api.series(`mendloop_access_refused_total{door="${door}",reason="${reason}"}`)).toBe(1);
    expect(api.entries).toMatchObject([{ kind: 'access', data: { door, reason, from: '127.0.0.1' } }]);
    await expect.poll(() => api.log.join('')).toContain(`"door":"${door}","reason":"${reason}"`);
    for (const secret of ['guessed-at', 'Bearer', expiredLink]) {
      expect(JSON.stringify([api.entries, api.log])).not.toContain(secret);
    }
  });

  it('a vote that the page of another site sends', async () => {
    const api = await startWatched();
    const answer = await fetch(`${api.url}/approvals/${expiredLink}`, {
      ...{ method: 'POST', body: new URLSearchParams({ decision: 'approve' }) },
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
    expect(api.entries).toMatchObject([{ data: { door: 'approval_link', reason: 'cross_site' } }]);
  });

  it('tells for whom a proxy says that it asks, as words of others', async () => {
    const api = await startWatched();
    await alerts({ ...wrong, 'x-forwarded-for': '203.0.113.9' })(api);
    expect(api.entries).toMatchObject([{ data: { text: 'said to be forwarded for 203.0.113.9' } }]);
  });

  it('shows zeros from the start, so that a rate has something to begin with', async () => {
    const api = await startWatched();
    for (const reason of refusalReasons) {
      expect(await api.series(`mendloop_access_refused_total{door="webhook",reason="${reason}"}`)).toBe(0);
    }
  });
});

describe('a flood', () => {
  it('is one row at once and one with the number of the rest, and does not reach the log line by line', async () => {
    const api = await startWatched();
    for (let n = 0; n < 50; n += 1) await alerts(wrong)(api);
    expect(api.entries).toHaveLength(1);
    await api.server.close();
    expect(api.entries.map(({ data }) => data['count'])).toEqual([undefined, 49]);
    expect(new Set(api.entries.map(({ key }) => key)).size).toBe(2);
    expect(api.log.filter((line) => line.includes('access refused'))).toHaveLength(2);
  });

  it.each([
    ['webhook', alerts(wrong)],
    ['api', get('/api/v1/me', wrong)],
    ['events', get('/api/v1/events', wrong)],
    ['approval_link', get('/approvals/guess')],
    ['report_link', get('/reports/guess')],
  ] as const)('is answered with 429 at the %s door, while the right token gets in', async (door, attempt) => {
    const api = await startWatched();
    const statuses: number[] = [];
    let last: Response | undefined;
    for (let n = 0; n < 20; n += 1) {
      last = await attempt(api);
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(5);
    expect(statuses[0]).not.toBe(429);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await api.series(`mendloop_access_limited_total{door="${door}"}`)).toBeGreaterThan(5);
    expect((await alerts({ authorization: `Bearer ${TOKEN}` })(api)).status).toBe(200);
    expect((await get('/api/v1/me', { authorization: `Bearer ${ANN.token()}` })(api)).status).toBe(200);
  });

  it('does not lock out a console that has no token yet', async () => {
    const api = await startWatched();
    for (let n = 0; n < 40; n += 1) expect((await get('/api/v1/me')(api)).status).toBe(401);
  });

  it('is kept while the audit log is away, and holds no request up', async () => {
    const api = await startWatched();
    api.audit.broken = true;
    expect((await alerts(wrong)(api)).status).toBe(401);
    await expect.poll(() => api.log.join('')).toContain('not in the audit log yet');
    api.audit.broken = false;
    await rawPost(`${api.url}/webhooks/alertmanager`, {}, {});
    expect(api.entries.map(({ data }) => data['reason'])).toEqual(['token_wrong', 'token_missing']);
  });
});

describe('the limits', () => {
  it('are of one sender, of a network of IPv6, and come back with time', () => {
    const limits = new RefusalLimits(0);
    const spend = (address: (n: number) => string, times: number) =>
      Array.from({ length: times }, (_, n) => limits.take(address(n), 0)).filter((wait) => wait > 0).length;
    expect(spend(() => '203.0.113.9', 15)).toBe(5);
    expect(spend(() => '::ffff:203.0.113.9', 1)).toBe(1);
    expect(spend((n) => `203.0.113.${n}`, 8)).toBe(0);
    expect(spend((n) => `2001:db8:0:1:${n}::1`, 15)).toBe(5);
    expect(spend((n) => `2001:db8::1:0:0:0:${n}`, 1)).toBe(1);
    expect(limits.take('203.0.113.9', 60_000)).toBe(0);
  });

  it('are of all senders together too', () => {
    const limits = new RefusalLimits(0);
    const waits = Array.from({ length: 1000 }, (_, n) => limits.take(`10.0.${n >> 8}.${n & 255}`, 0));
    expect(waits.filter((wait) => wait > 0)).toHaveLength(400);
  });
});
