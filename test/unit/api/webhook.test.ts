import { describe, expect, it, vi } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import { alertIdentity, remediationId } from '../../../src/domain/alert/remediation-id.ts';
import { aWebhook, deferred, rawConnection, startApi, wireAlert, wireAlerts } from './api-harness.ts';

const unavailable = () => new MendloopError('TemporalUnavailable', 'no connection');
const nothing = { started: 0, duplicates: 0, repeats: 0, signalled: 0, ignored: 0, unhandled: 0, truncated: 0 };

describe('POST /webhooks/alertmanager', () => {
  it('answers 200 with a summary when every alert is durable', async () => {
    const api = await startApi();
    const known = wireAlert();
    await api.post(aWebhook([known]));
    const gone = wireAlert({ status: 'resolved', endsAt: '2026-01-01T00:05:00Z' });
    const ended = { ...known, status: 'resolved', endsAt: '2026-01-01T00:05:00Z' };
    const answer = await api.post(aWebhook([wireAlert(), known, ended, gone], { truncatedAlerts: 7 }));
    expect(answer.status).toBe(200);
    const each = { started: 1, duplicates: 1, signalled: 1, ignored: 1 };
    expect(await answer.json()).toEqual({ ...nothing, ...each, truncated: 7 });
    expect(api.starter.resolved.map(({ endsAt }) => endsAt)).toEqual(['2026-01-01T00:05:00Z']);
    expect(await api.series('mendloop_alerts_total{result="started"}')).toBe(2);
    expect(await api.series('mendloop_alerts_truncated_total')).toBe(7);
    expect(await api.series('mendloop_webhook_requests_total{code="200"}')).toBe(2);
  });

  it('takes an empty group', async () => {
    const api = await startApi();
    const answer = await api.post(aWebhook([]));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(nothing);
  });

  it('hands an alert over once, however often the payload holds it', async () => {
    const api = await startApi();
    const alert = wireAlert();
    const ended = { ...alert, status: 'resolved' };
    const answer = await api.post(aWebhook([ended, alert, alert, ended]));
    expect(await answer.json()).toEqual({ ...nothing, started: 1, duplicates: 1, signalled: 1, ignored: 1 });
    expect(api.starter.calls).toBe(2);
  });

  it('keeps the documented fields of an alert, without secrets', async () => {
    const api = await startApi();
    const alert = wireAlert({
      annotations: {
        runbook_url: 'https://me:hunter2@wiki.example/run',
        summary: 'curl -H "Authorization: Bearer abc"',
      },
      futureField: { nested: true },
    });
    await api.post(aWebhook([alert], { futureField: 1 }));
    const [kept] = api.starter.started.values();
    expect(Object.keys(kept!).sort()).toEqual([
      ...['annotations', 'fingerprint', 'generatorURL', 'labels', 'receiver', 'startsAt', 'status'],
    ]);
    expect(kept!.labels).toEqual(alert.labels);
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|abc|futureField/);
  });

  it('starts a large group side by side, but no more at once than allowed', async () => {
    const api = await startApi({ settings: { startConcurrency: 16 } });
    const answer = await api.post(aWebhook(wireAlerts(600)));
    expect(await answer.json()).toMatchObject({ started: 600 });
    expect(api.starter.started.size).toBe(600);
    expect(api.starter.mostAtOnce).toBe(16);
  });

  it('answers 503 when some are not durable, and the repeat starts only those', async () => {
    const api = await startApi();
    const alerts = wireAlerts(40);
    const unlucky = new Set([3, 17, 39].map((index) => alerts[index]!.fingerprint));
    api.starter.gate = (alert) => {
      if (unlucky.has(alert.fingerprint)) throw unavailable();
    };
    const answer = await api.post(aWebhook(alerts));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ status: 503, started: 37, failed: 3, rejected: 0 });
    expect(api.starter.started.size).toBe(37);
    expect(await api.series('mendloop_alerts_total{result="failed"}')).toBe(3);

    api.starter.gate = () => undefined;
    const repeat = await api.post(aWebhook(alerts));
    expect(repeat.status).toBe(200);
    expect(await repeat.json()).toMatchObject({ started: 3, duplicates: 37 });
  });

  it('answers 503 when a resolved alert cannot be signalled', async () => {
    const api = await startApi();
    const alert = wireAlert();
    await api.post(aWebhook([alert]));
    api.starter.gate = () => {
      throw unavailable();
    };
    const answer = await api.post(aWebhook([{ ...alert, status: 'resolved' }]));
    expect(answer.status).toBe(503);
  });

  it('answers 503 when the store is away', async () => {
    const api = await startApi();
    api.incidents.gate = () => {
      throw new MendloopError('StoreUnavailable', 'no connection');
    };
    const answer = await api.post(aWebhook(wireAlerts(3)));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ started: 0, failed: 3 });
    expect(api.starter.calls).toBe(0);
  });

  it('stops asking a Temporal that is away', async () => {
    const api = await startApi({ settings: { startConcurrency: 4 } });
    api.starter.gate = () => Promise.reject(unavailable());
    const answer = await api.post(aWebhook(wireAlerts(100)));
    expect(await answer.json()).toMatchObject({ started: 0, failed: 100 });
    expect(api.starter.calls).toBeLessThan(12);
  });

  it('answers 422 when the rest is durable and one alert can never be', async () => {
    const api = await startApi();
    const alerts = wireAlerts(5);
    api.starter.gate = (alert) => {
      if (alert.fingerprint === alerts[2]!.fingerprint) throw new MendloopError('AlertTooLarge', 'too large');
    };
    const answer = await api.post(aWebhook(alerts));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ started: 4, rejected: 1, errors: [{ path: 'alerts.2' }] });
    expect(await api.series('mendloop_alerts_total{result="rejected"}')).toBe(1);
  });

  it.each([
    ['a value', { annotations: { all: 'x'.repeat(300 * 1024) } }],
    [
      'an alert',
      { annotations: Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`a${n}`, 'x'.repeat(250_000)])) },
    ],
    ['a label set', { labels: Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`l${n}`, 'x'])) }],
  ])('answers 422 to %s that is too large, names it, and takes the others of its group', async (_what, large) => {
    const api = await startApi();
    const [first, last] = wireAlerts(2);
    const answer = await api.post(aWebhook([first, wireAlert(large), last]));
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ started: 2, rejected: 1, errors: [{ path: 'alerts.1' }] });
    expect([...api.starter.started.values()].map(({ fingerprint }) => fingerprint)).toEqual([
      first!.fingerprint,
      last!.fingerprint,
    ]);
    expect(await api.series('mendloop_alerts_total{result="rejected"}')).toBe(1);
  });

  it('prefers 503 to 422, so that a repeat comes', async () => {
    const api = await startApi();
    const alerts = wireAlerts(2);
    api.starter.gate = (alert) => {
      throw alert.fingerprint === alerts[0]!.fingerprint ? new MendloopError('AlertTooLarge', 'x') : unavailable();
    };
    expect((await api.post(aWebhook(alerts))).status).toBe(503);
  });

  it('finishes what it began when the client leaves', async () => {
    const api = await startApi({ settings: { startConcurrency: 2 } });
    const gate = deferred();
    api.starter.gate = () => gate.promise;
    const alerts = wireAlerts(10);
    const body = JSON.stringify(aWebhook(alerts));
    const socket = await rawConnection(api.url);
    socket.write(
      `POST /webhooks/alertmanager HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await vi.waitUntil(() => api.starter.running === 2);
    socket.destroy();
    await vi.waitUntil(async () => (await api.series('mendloop_webhook_requests_total{code="aborted"}')) === 1);
    gate.resolve();
    await vi.waitUntil(() => api.starter.started.size === 10);
    expect([...api.starter.started.keys()].sort()).toEqual(
      alerts.map((alert) => remediationId({ ...alertIdentity('default', alert), n: 1 })).sort(),
    );
  });

  it('answers 503 beyond the webhooks it takes at once, and takes them again afterwards', async () => {
    const api = await startApi({ settings: { maxInFlight: 2 } });
    const gate = deferred();
    api.starter.gate = () => gate.promise;
    const held = [api.post(aWebhook([wireAlert()])), api.post(aWebhook([wireAlert()]))];
    await vi.waitUntil(() => api.starter.running === 2);
    const refused = await api.post(aWebhook([wireAlert()]));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).not.toBeNull();
    gate.resolve();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await api.post(aWebhook([wireAlert()]))).status).toBe(200);
  });
});

describe('the webhook token', () => {
  const webhookToken = () => 'correct horse'.replace(' ', '-');

  it.each([
    ['missing', {}],
    ['wrong', { authorization: 'Bearer wrong' }],
    ['a beginning of the right one', { authorization: 'Bearer correct' }],
    ['longer than the right one', { authorization: 'Bearer correct-horse-battery' }],
    ['of another scheme', { authorization: 'Basic correct-horse' }],
    ['empty', { authorization: 'Bearer ' }],
  ])('is refused when %s', async (_how, headers: Record<string, string>) => {
    const api = await startApi({ webhookToken });
    const answer = await api.post(aWebhook([wireAlert()]), headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(await answer.text()).not.toContain('correct');
    expect(api.starter.calls).toBe(0);
  });

  it('lets the right one pass, in any case of the scheme', async () => {
    const api = await startApi({ webhookToken });
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await api.post(aWebhook([wireAlert()]), { authorization: `${scheme} correct-horse` });
      expect(answer.status).toBe(200);
    }
  });

  it('is 503 when it cannot be read or is empty, because a 401 would lose the alerts', async () => {
    const tokens = [
      () => '',
      () => {
        throw new Error('ENOENT /run/secrets/token');
      },
    ];
    for (const token of tokens) {
      const api = await startApi({ webhookToken: token });
      const answer = await api.post(aWebhook([]), { authorization: 'Bearer ' });
      expect(answer.status).toBe(503);
      expect(await answer.text()).not.toContain('/run');
    }
  });
});
