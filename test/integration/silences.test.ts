import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilenceActivities } from '../../src/activities/silences.ts';
import { createAlertmanagerChannel } from '../../src/clients/notifications/alertmanager/alertmanager-channel.ts';
import { createPageHolder, type PageHolder } from '../../src/clients/notifications/alertmanager/page-holder.ts';
import { configSchema } from '../../src/config/schema.ts';
import { type AlertmanagerServer, ensureServers, startAlertmanager, terminalProgress } from '../../dev/stack/index.ts';
import { type Receiver, startReceiver } from '../unit/notifications/http-receiver.ts';
import { aNotice } from '../unit/notifications/notices.ts';

type Labels = Record<string, string>;

/** What Alertmanager posts to a receiver, as far as it matters here. */
interface Told {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly startsAt: string;
  readonly fingerprint: string;
}

interface Silence {
  readonly id: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

const MAX_SECONDS = 60;
/** For what Alertmanager does in a second or two, on a machine that is busy. */
const SOON = { timeout: 90_000, interval: 100 };

let folder: string;
let alertmanager: AlertmanagerServer;
/** Of Mendloop's own route, which is told at once. */
let mendloop: Receiver;
let onCall: Receiver;
let pages: PageHolder;
let serial = 0;

/** As `observability/` advises: Mendloop's route first and at once, the page's with time to hold it back. */
const routes = (repeatInterval: string) => `
route:
  receiver: on-call
  group_by: ['...']
  group_wait: 3s
  group_interval: 1s
  repeat_interval: 4h
  routes:
    - receiver: mendloop
      matchers: [alertname!="RemediationFailed"]
      group_wait: 0s
      group_interval: 1s
      repeat_interval: ${repeatInterval}
      continue: true
    - receiver: on-call
receivers:
  - name: mendloop
    webhook_configs: [{ url: '${mendloop.url}' }]
  - name: on-call
    webhook_configs: [{ url: '${onCall.url}' }]
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-silences-'));
  mendloop = await startReceiver();
  onCall = await startReceiver();
  const binaries = await ensureServers(['alertmanager'], { progress: terminalProgress() });
  alertmanager = await startAlertmanager({ binary: binaries.alertmanager, dataDir: folder, config: routes('4h') });
  pages = holder();
});

afterAll(async () => {
  // A test that could not even start must say why, not that there is nothing to stop.
  await (pages as PageHolder | undefined)?.close();
  await (alertmanager as AlertmanagerServer | undefined)?.stop();
  await (mendloop as Receiver | undefined)?.[Symbol.asyncDispose]();
  await (onCall as Receiver | undefined)?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function holder(settings: Record<string, unknown> = {}, options = { settleSeconds: 0 }): PageHolder {
  const holdPages = { endpoint: { url: alertmanager.url }, maxSeconds: MAX_SECONDS, ...settings };
  const { notifications } = configSchema.parse({ notifications: { holdPages } });
  return createPageHolder(notifications.holdPages!, options);
}

async function post(labels: Labels, times: { startsAt?: string; endsAt: string }): Promise<void> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, ...times }]),
  });
  expect(response.status).toBe(200);
}

const told = (receiver: Receiver, { test }: Labels): Told[] =>
  receiver.received
    .flatMap(({ body }) => (JSON.parse(body) as { alerts: Told[] }).alerts)
    .filter(({ labels }) => labels['test'] === test);

/** Fires an alert that no other test has, once Mendloop has been told of it. */
async function fire(labels: Labels = {}): Promise<{ labels: Labels; fingerprint: string; id: string }> {
  serial += 1;
  const all = { alertname: 'HighLatency', test: `${serial}`, odd: 'a"b\\c\n{}', ...labels };
  await post(all, { endsAt: new Date(Date.now() + 600_000).toISOString() });
  await expect.poll(() => told(mendloop, all), SOON).not.toEqual([]);
  const { fingerprint } = told(mendloop, all)[0]!;
  return { labels: all, fingerprint, id: `remediation/default/HighLatency/${fingerprint}/1` };
}

const resolve = (labels: Labels) => post(labels, { endsAt: new Date().toISOString() });

/** Waits until a later alert has been paged for: then the page of an earlier one had come too. */
async function untilLaterPage(): Promise<void> {
  const { labels } = await fire();
  await expect.poll(() => told(onCall, labels), SOON).not.toEqual([]);
}

async function silencesOf(id: string): Promise<Silence[]> {
  const filter = encodeURIComponent(`mendloop_remediation!="${id}"`);
  const response = await fetch(`${alertmanager.url}/api/v2/silences?filter=${filter}`);
  return (await response.json()) as Silence[];
}

const secondsOf = ({ startsAt, endsAt }: Silence) => (Date.parse(endsAt) - Date.parse(startsAt)) / 1000;

describe('a page that is held back, on a real Alertmanager', { timeout: 90_000 }, () => {
  it('does not go out until it is let out, and then at once', async () => {
    const { labels, id } = await fire();
    expect(await pages.hold({ remediationId: id, labels, seconds: 50 })).toMatchObject({ held: true });
    await untilLaterPage();
    expect(told(onCall, labels)).toEqual([]);

    expect(await pages.release(id)).toBe(1);
    await expect.poll(() => told(onCall, labels), SOON).toMatchObject([{ status: 'firing' }]);
  });

  it('goes out by itself when nobody comes back for it', async () => {
    const { labels, id } = await fire();
    await pages.hold({ remediationId: id, labels, seconds: 6 });
    await expect.poll(() => told(onCall, labels), SOON).not.toEqual([]);
    expect((await silencesOf(id)).map(({ status }) => status.state)).toEqual(['expired']);
  });

  it('holds back no other alert, not even one that differs in one label', async () => {
    const { labels, id } = await fire({ pod: 'a' });
    const other = { ...labels, pod: 'b', test: 'sibling' };
    await pages.hold({ remediationId: id, labels, seconds: 50 });
    await post(other, { endsAt: new Date(Date.now() + 600_000).toISOString() });
    await expect.poll(() => told(onCall, other), SOON).not.toEqual([]);
    expect(told(onCall, labels)).toEqual([]);
    await pages.release(id);
  });

  it('holds back no alert that has its labels and more: of an object, or one that is there already', async () => {
    const { labels, id } = await fire();
    const endsAt = new Date(Date.now() + 600_000).toISOString();
    const shard = { ...labels, shard: '7' };
    await post(shard, { endsAt });
    await expect.poll(() => told(mendloop, labels).length, SOON).toBe(2);
    await pages.hold({ remediationId: id, labels, seconds: 50 });
    const pod = { ...labels, pod: 'a' };
    await post(pod, { endsAt });
    await expect
      .poll(() => told(onCall, labels).map((alert) => alert.labels), SOON)
      .toEqual(expect.arrayContaining([shard, pod]));
    await untilLaterPage();
    expect(told(onCall, labels)).toHaveLength(2);
    await pages.release(id);
  });

  it('holds it back still, and that other one no more, when it is asked for again', async () => {
    const { labels, id } = await fire();
    const first = await pages.hold({ remediationId: id, labels, seconds: 50 });
    const shard = { ...labels, shard: '7' };
    await post(shard, { endsAt: new Date(Date.now() + 600_000).toISOString() });
    const again = () => pages.hold({ remediationId: id, labels, seconds: 5 });
    await expect.poll(again, SOON).not.toMatchObject({ silenceId: (first as { silenceId: string }).silenceId });
    expect(await again()).toEqual(await again());
    expect((await silencesOf(id)).map(({ status }) => status.state).toSorted()).toEqual(['active', 'expired']);

    await expect.poll(() => told(onCall, labels).map((alert) => alert.labels), SOON).toEqual([shard]);
    await untilLaterPage();
    expect(told(onCall, labels)).toHaveLength(1);
    expect(await pages.release(id)).toBe(1);
  });

  it('lets out, while it is watched, an alert that differs by a label which nothing had when it was held', async () => {
    const { labels, fingerprint, id } = await fire();
    const held = await pages.hold({ remediationId: id, labels, seconds: 50 });
    expect(held).toMatchObject({ held: true });
    const watch = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const { awaitResolved } = createSilenceActivities({ pageHolder: pages });
    const until = Date.now() + 50_000;
    const watching = watch.run(awaitResolved, { remediationId: id, fingerprint, labels, until });
    const newcomer = { ...labels, never_seen_before: 'eu-west-7' };
    await post(newcomer, { endsAt: new Date(Date.now() + 600_000).toISOString() });
    await expect.poll(() => told(onCall, labels).map((alert) => alert.labels), SOON).toEqual([newcomer]);
    watch.cancel();
    await expect(watching).rejects.toThrow();
    expect((await silencesOf(id)).filter(({ status }) => status.state === 'active')).toHaveLength(1);
    expect(await pages.release(id)).toBe(1);
    // What is held no more is not held again by a late look.
    await pages.narrow({ remediationId: id, labels: { ...labels, other: 'x' } });
    expect((await silencesOf(id)).filter(({ status }) => status.state === 'active')).toEqual([]);
  });

  it('lets out what Mendloop itself raises about the alert', async () => {
    const { labels, id } = await fire({ team: 'shop' });
    // The least that can be asked for: all that the two alerts have in common would be silenced by it.
    const wide = holder({ matchers: ['team', 'test', 'odd'] });
    expect(await wide.hold({ remediationId: id, labels, seconds: 50 })).toMatchObject({ held: true });
    const { notifications } = configSchema.parse({
      notifications: { channels: { am: { type: 'alertmanager', endpoint: { url: alertmanager.url } } } },
    });
    const settings = notifications.channels['am'];
    if (settings?.type !== 'alertmanager') throw new Error('not an Alertmanager channel');
    const channel = createAlertmanagerChannel('am', settings);
    const notice = aNotice({ remediationId: id, alert: { ...aNotice().alert, labels } });
    await channel.send(notice, { idempotencyKey: 'unused', since: Date.now() });

    const failures = () => told(onCall, labels).filter((alert) => alert.labels['alertname'] === 'RemediationFailed');
    await expect.poll(failures, SOON).toMatchObject([{ status: 'firing', labels: { mendloop_remediation: id } }]);
    expect(told(onCall, labels)).toHaveLength(1);

    // And ends it, when a later notice says that it is over.
    await channel.send({ ...notice, resolved: true }, { idempotencyKey: 'unused', since: Date.now() });
    await expect.poll(failures, SOON).toMatchObject([{ status: 'firing' }, { status: 'resolved' }]);
    await Promise.all([channel.close(), wide.release(id)]);
    await wide.close();
  });
});

describe('the silence behind it', { timeout: 90_000 }, () => {
  it('is one, however often it is asked for, and is drawn out, never past the maximum since its start', async () => {
    const { labels, id } = await fire();
    const first = await pages.hold({ remediationId: id, labels, seconds: 20 });
    const again = await pages.hold({ remediationId: id, labels, seconds: 20 });
    expect(again).toMatchObject({ held: true, silenceId: (first as { silenceId: string }).silenceId });
    expect(await silencesOf(id)).toHaveLength(1);

    await pages.hold({ remediationId: id, labels, seconds: 40 });
    const [longer] = await silencesOf(id);
    expect(secondsOf(longer!)).toBeGreaterThan(35);
    for (const seconds of [MAX_SECONDS, 3600, 100_000]) await pages.hold({ remediationId: id, labels, seconds });
    const [longest, ...others] = await silencesOf(id);
    expect(others).toEqual([]);
    expect(longest!.startsAt).toBe(longer!.startsAt);
    expect(secondsOf(longest!)).toBeLessThanOrEqual(MAX_SECONDS);
    expect(secondsOf(longest!)).toBeGreaterThan(MAX_SECONDS - 3);
    await pages.release(id);
  });

  it('is not made again once the maximum is used up', async () => {
    const { labels, id } = await fire();
    const brief = holder({ maxSeconds: 3 });
    await brief.hold({ remediationId: id, labels, seconds: 3600 });
    await expect.poll(async () => (await silencesOf(id))[0]?.status.state, SOON).toBe('expired');
    const again = await brief.hold({ remediationId: id, labels, seconds: 3600 });
    expect(again).toEqual({ held: false, reason: 'used_up' });
    expect(await silencesOf(id)).toHaveLength(1);
    await brief.close();
  });

  it('is not made again where somebody wanted the page', async () => {
    const { labels, id } = await fire();
    const hold = await pages.hold({ remediationId: id, labels, seconds: 50 });
    const { silenceId } = hold as { silenceId: string };
    const response = await fetch(`${alertmanager.url}/api/v2/silence/${silenceId}`, { method: 'DELETE' });
    expect(response.status).toBe(200);
    expect(await pages.hold({ remediationId: id, labels, seconds: 50 })).toEqual({
      held: false,
      reason: 'ended_early',
    });
    expect(await silencesOf(id)).toHaveLength(1);
  });

  it('may be ended twice, and where there never was one', async () => {
    const { labels, id } = await fire();
    expect(await pages.release(id)).toBe(0);
    await pages.hold({ remediationId: id, labels, seconds: 50 });
    expect(await pages.release(id)).toBe(1);
    expect(await pages.release(id)).toBe(0);
    expect((await silencesOf(id)).map(({ status }) => status.state)).toEqual(['expired']);
  });
});

describe('an alert whose page is held back', { timeout: 90_000 }, () => {
  it('can be asked about, because its end is told to nobody, and firing anew only with the next repeat', async () => {
    const alert = await fire();
    const { labels, id } = alert;
    expect(await pages.alertState(alert)).toMatchObject({ state: 'firing', silenced: false });
    await pages.hold({ remediationId: id, labels, seconds: 50 });
    await expect.poll(() => pages.alertState(alert), SOON).toMatchObject({ state: 'firing', silenced: true });

    await resolve(labels);
    await expect.poll(() => pages.alertState(alert), SOON).toEqual({ state: 'resolved' });
    const cautious = holder({}, { settleSeconds: 3600 });
    expect(await cautious.alertState(alert)).toMatchObject({ state: 'unknown' });
    await cautious.close();

    // The end of a later alert that is not silenced comes through: that of this one had come before.
    const later = await fire();
    await resolve(later.labels);
    await expect.poll(() => told(mendloop, later.labels).at(-1), SOON).toMatchObject({ status: 'resolved' });
    expect(told(mendloop, labels).map(({ status }) => status)).toEqual(['firing']);

    // It fires anew. The page goes out, but to Alertmanager Mendloop knows of it already.
    await pages.release(id);
    await post(labels, { endsAt: new Date(Date.now() + 600_000).toISOString() });
    await expect.poll(() => told(onCall, labels), SOON).toMatchObject([{ status: 'firing' }]);
    await untilLaterPage();
    expect(told(mendloop, labels)).toHaveLength(1);

    // That is what a short repeat_interval on Mendloop's route is for.
    await alertmanager.reload(routes('1s'));
    await expect.poll(() => told(mendloop, labels).length, SOON).toBeGreaterThan(1);
    const [first, second] = told(mendloop, labels);
    expect(second!.status).toBe('firing');
    expect(Date.parse(second!.startsAt)).toBeGreaterThan(Date.parse(first!.startsAt));
  });
});

describe('an Alertmanager that is away', () => {
  it('is told as such', async () => {
    await alertmanager.stop();
    const calls = [
      pages.hold({ remediationId: 'remediation/default/A/1/2', labels: { alertname: 'A' }, seconds: 50 }),
      pages.release('remediation/default/A/1/2'),
      pages.alertState({ fingerprint: '0123456789abcdef', labels: { alertname: 'A' } }),
    ];
    const away = expect.objectContaining({ type: 'AlertmanagerUnavailable' }) as unknown;
    for (const call of await Promise.allSettled(calls)) expect(call).toEqual({ status: 'rejected', reason: away });
  });
});
