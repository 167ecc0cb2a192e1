import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createSilenceActivities } from '../../../src/activities/silences.ts';
import { createPageHolder } from '../../../src/clients/notifications/alertmanager/page-holder.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { type Answer, type Received, startReceiver } from './http-receiver.ts';

const ID = 'remediation/default/HighLatency/0123456789abcdef/1';
const labels = { alertname: 'HighLatency', service: 'shop' };
const fingerprint = '0123456789abcdef';

const run = <I, O>(activity: (input: I) => Promise<O>, input: I) =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, input);

function activitiesOn(url: string) {
  const { notifications } = configSchema.parse({
    notifications: { holdPages: { endpoint: { url, timeoutSeconds: 5 }, maxSeconds: 300 } },
  });
  const pageHolder = createPageHolder(notifications.holdPages!);
  return { ...createSilenceActivities({ pageHolder }), [Symbol.asyncDispose]: () => pageHolder.close() };
}

const json = (content: unknown, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(content),
});

describe('without the setting', () => {
  it('nothing is held back, and nothing is asked', async () => {
    const activities = createSilenceActivities({});
    expect(await run(activities.holdPage, { remediationId: ID, labels, seconds: 60 })).toEqual({
      held: false,
      reason: 'off',
    });
    expect(await run(activities.letPage, { remediationId: ID })).toEqual({ ended: 0 });
    expect(await run(activities.alertState, { fingerprint, labels })).toMatchObject({ state: 'unknown' });
  });
});

describe('an Alertmanager that fails', () => {
  it.each<[Answer | 'hang up', string, boolean]>([
    ['hang up', 'AlertmanagerUnavailable', false],
    [{ status: 503 }, 'AlertmanagerUnavailable', false],
    [{ status: 429, headers: { 'retry-after': '7' } }, 'AlertmanagerUnavailable', false],
    [{ status: 401, body: 'who is token=hunter2?' }, 'AlertmanagerRefused', true],
    [{ status: 404 }, 'AlertmanagerRefused', true],
    [{ status: 200, body: '<html>a portal</html>' }, 'AlertmanagerRefused', true],
    [json({ status: 'success' }), 'AlertmanagerRefused', true],
  ])('is told by its type: %j is %s', async (answer, type, nonRetryable) => {
    await using receiver = await startReceiver(answer);
    await using activities = activitiesOn(receiver.url);
    const calls = [
      run(activities.holdPage, { remediationId: ID, labels, seconds: 60 }),
      run(activities.letPage, { remediationId: ID }),
      run(activities.alertState, { fingerprint, labels }),
    ];
    for (const call of calls) {
      const error: unknown = await call.catch((error: unknown) => error);
      expect(error).toMatchObject({ type, nonRetryable });
      expect(String(error)).not.toContain('hunter2');
    }
  });

  it('says when to come back', async () => {
    await using receiver = await startReceiver({ status: 503, headers: { 'retry-after': '7' } });
    await using activities = activitiesOn(receiver.url);
    await expect(run(activities.letPage, { remediationId: ID })).rejects.toMatchObject({ nextRetryDelay: 7000 });
  });
});

describe('the clock', () => {
  it("is Alertmanager's, not ours", async () => {
    const theirs = Date.parse('2020-02-02T02:02:02.000Z');
    const date = { date: new Date(theirs).toUTCString() };
    const answer = ({ method }: Received) => (method === 'GET' ? json([], date) : json({ silenceID: 'new' }, date));
    await using receiver = await startReceiver(answer);
    await using activities = activitiesOn(receiver.url);
    const held = await run(activities.holdPage, { remediationId: ID, labels, seconds: 60 });
    expect(held).toEqual({ held: true, silenceId: 'new', until: '2020-02-02T02:03:02.000Z' });
    expect(JSON.parse(receiver.received.at(-1)!.body)).toMatchObject({
      startsAt: '2020-02-02T02:02:02.000Z',
      endsAt: '2020-02-02T02:03:02.000Z',
      createdBy: 'mendloop',
      comment: `Page held back until 2020-02-02 02:03:02 UTC at the latest, while ${ID} is at work`,
    });
  });
});

describe('silences that are not ours', () => {
  const foreign = (createdBy: string, comment: string) => ({
    id: createdBy,
    status: { state: 'active' },
    startsAt: '2024-01-01T00:00:00.000Z',
    endsAt: '2034-01-01T00:00:00.000Z',
    createdBy,
    comment,
  });

  it('are neither counted nor ended', async () => {
    const silences = [foreign('ada', `about ${ID}`), foreign('mendloop', 'about another remediation')];
    const answer = ({ method, url }: Received) =>
      method === 'GET' ? json(url.includes('/alerts') ? [] : silences) : json({ silenceID: 'new' });
    await using receiver = await startReceiver(answer);
    await using activities = activitiesOn(receiver.url);
    expect(await run(activities.letPage, { remediationId: ID })).toEqual({ ended: 0 });
    expect(await run(activities.holdPage, { remediationId: ID, labels, seconds: 60 })).toMatchObject({
      silenceId: 'new',
    });
    expect(receiver.received.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'POST']);
    expect(new URL(receiver.received[0]!.url, receiver.url).searchParams.get('filter')).toBe(
      `mendloop_remediation!="${ID}"`,
    );
  });

  it.each([404, 500])('a silence that is gone meanwhile is ended: %i', async (status) => {
    const own = foreign(
      'mendloop',
      `Page held back until 2034-01-01 00:00:00 UTC at the latest, while ${ID} is at work`,
    );
    const gone = { status, body: status === 500 ? '"silence not found"\n' : '' };
    await using receiver = await startReceiver(({ method }) => (method === 'GET' ? json([own]) : gone));
    await using activities = activitiesOn(receiver.url);
    expect(await run(activities.letPage, { remediationId: ID })).toEqual({ ended: 1 });
  });
});

describe('the state of an alert', () => {
  const alert = {
    fingerprint,
    startsAt: '2024-01-01T00:00:00.000Z',
    status: { state: 'suppressed', silencedBy: ['s'] },
  };
  const answerWith = (alerts: unknown[], upSeconds: number) => {
    const uptime = new Date(Date.now() - upSeconds * 1000).toISOString();
    return ({ url }: Received) => json(url.includes('/status') ? { uptime, versionInfo: {} } : alerts);
  };

  it.each([
    ['firing', [alert], 0, { state: 'firing', silenced: true, startsAt: alert.startsAt }],
    ['resolved', [], 600, { state: 'resolved' }],
    ['resolved, if only another fires', [{ ...alert, fingerprint: 'ffffffffffffffff' }], 600, { state: 'resolved' }],
    ['unknown to an Alertmanager that just started', [], 100, { state: 'unknown' }],
  ])('is %s', async (_, alerts, upSeconds, expected) => {
    await using receiver = await startReceiver(answerWith(alerts, upSeconds));
    await using activities = activitiesOn(receiver.url);
    expect(await run(activities.alertState, { fingerprint, labels })).toMatchObject(expected);
  });

  it('is asked for by the labels that fit into a query', async () => {
    await using receiver = await startReceiver(answerWith([alert], 0));
    await using activities = activitiesOn(receiver.url);
    const many = {
      alertname: 'Quo"te\\',
      'utf-8.näme': 'x',
      db_password: '[redacted]',
      long: 'x'.repeat(5000),
      service: 'shop',
    };
    await run(activities.alertState, { fingerprint, labels: many });
    const url = new URL(receiver.received[0]!.url, receiver.url);
    expect(url.searchParams.getAll('filter')).toEqual(['alertname="Quo\\"te\\\\"', 'service="shop"']);
    expect(url.href.length).toBeLessThan(4000);
  });
});
