import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAlertmanagerChannel } from '../../src/clients/notifications/alertmanager/alertmanager-channel.ts';
import { configSchema } from '../../src/config/schema.ts';
import type { RemediationNotice } from '../../src/domain/notice/notification.ts';
import { type AlertmanagerServer, ensureServers, startAlertmanager, terminalProgress } from '../../dev/stack/index.ts';
import { type Receiver, startReceiver } from '../unit/notifications/http-receiver.ts';
import { aNotice } from '../unit/notifications/notices.ts';

/** What Alertmanager posts to a receiver, as far as it matters here. */
interface Page {
  readonly status: string;
  readonly alerts: readonly { labels: Record<string, string>; annotations: Record<string, string> }[];
}

interface HeldAlert {
  readonly labels: Record<string, string>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly receivers: readonly { name: string }[];
  readonly status: { state: string };
}

let folder: string;
let alertmanager: AlertmanagerServer;
let shopOnCall: Receiver;
let everyoneElse: Receiver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mendloop-notifications-'));
  shopOnCall = await startReceiver();
  everyoneElse = await startReceiver();
  const binaries = await ensureServers(['alertmanager'], { progress: terminalProgress() });
  alertmanager = await startAlertmanager({
    binary: binaries.alertmanager,
    dataDir: folder,
    // An on-call's own configuration, which knows nothing of Mendloop.
    config: `
route:
  receiver: everyone-else
  group_by: ['...']
  group_wait: 0s
  group_interval: 1s
  routes:
    - matchers: [team="shop", severity="critical"]
      receiver: shop-on-call
receivers:
  - name: everyone-else
    webhook_configs: [{ url: '${everyoneElse.url}' }]
  - name: shop-on-call
    webhook_configs: [{ url: '${shopOnCall.url}' }]
`,
  });
});

afterAll(async () => {
  // A test that could not even start must say why, not that there is nothing to stop.
  await (alertmanager as AlertmanagerServer | undefined)?.stop();
  await (shopOnCall as Receiver | undefined)?.[Symbol.asyncDispose]();
  await (everyoneElse as Receiver | undefined)?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function send(notice: RemediationNotice, holdSeconds = 3600, since = Date.now()): Promise<void> {
  const { notifications } = configSchema.parse({
    notifications: { channels: { am: { type: 'alertmanager', endpoint: { url: alertmanager.url }, holdSeconds } } },
  });
  const settings = notifications.channels['am'];
  if (settings?.type !== 'alertmanager') throw new Error('not an Alertmanager channel');
  const channel = createAlertmanagerChannel('am', settings);
  await channel.send(notice, { idempotencyKey: 'unused', since }).finally(() => channel.close());
}

async function held(remediationId: string): Promise<HeldAlert[]> {
  const filter = encodeURIComponent(`mendloop_remediation=${JSON.stringify(remediationId)}`);
  const response = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`);
  return (await response.json()) as HeldAlert[];
}

const pagesAbout = (receiver: Receiver, remediationId: string): Page[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Page)
    .filter(({ alerts }) => alerts.some(({ labels }) => labels['mendloop_remediation'] === remediationId));

const id = (serial: number) => `remediation/default/OrderServiceCPUThrottling/0123456789abcdef/${serial}`;

describe('the Alertmanager channel, on a real Alertmanager', () => {
  it("pages the team that the original's labels route to", async () => {
    const remediationId = id(1);
    await send(aNotice({ remediationId }));

    await expect.poll(() => pagesAbout(shopOnCall, remediationId), { timeout: 90_000 }).toHaveLength(1);
    const [page] = pagesAbout(shopOnCall, remediationId);
    expect(page).toMatchObject({
      status: 'firing',
      alerts: [
        {
          labels: {
            alertname: 'RemediationFailed',
            remediated_alertname: 'OrderServiceCPUThrottling',
            team: 'shop',
            severity: 'critical',
            service: 'order-service',
            mendloop_outcome: 'escalated',
          },
          annotations: {
            manual_command: 'kubectl -n production scale deployment order-service --replicas=2',
            runbook_url: 'https://runbooks.example/throttling',
          },
        },
      ],
    });
    expect(everyoneElse.received).toEqual([]);

    const [alert] = await held(remediationId);
    expect(alert).toMatchObject({ status: { state: 'active' }, receivers: [{ name: 'shop-on-call' }] });
    expect(Date.parse(alert!.endsAt) - Date.parse(alert!.startsAt)).toBeGreaterThanOrEqual(3_600_000);
  });

  it('changes nothing when it is sent again, and tells a second failure from the first', async () => {
    const since = Date.now();
    await send(aNotice({ remediationId: id(2) }), 3600, since);
    await expect.poll(() => pagesAbout(shopOnCall, id(2)), { timeout: 90_000 }).toHaveLength(1);
    await send(aNotice({ remediationId: id(2) }), 3600, since);
    // The next remediation of the same alert. Had the repetition been taken for a new alert, its page had come first.
    await send(aNotice({ remediationId: id(3) }));
    await expect.poll(() => pagesAbout(shopOnCall, id(3)), { timeout: 90_000 }).toHaveLength(1);
    expect(pagesAbout(shopOnCall, id(2))).toHaveLength(1);
    expect(await held(id(2))).toHaveLength(1);
  });

  it('pages even if it could only be sent long after the hold', async () => {
    await send(aNotice({ remediationId: id(4) }), 60, Date.now() - 24 * 3600_000);
    await expect.poll(() => pagesAbout(shopOnCall, id(4)), { timeout: 90_000 }).toHaveLength(1);
  });

  it('says what Alertmanager refuses, for good', async () => {
    // No version of Alertmanager takes a label without a name.
    const alert = { ...aNotice().alert, labels: { '': 'x' } };
    await expect(send(aNotice({ alert, remediationId: id(5) }))).rejects.toMatchObject({
      type: 'NotificationRejected',
      message: expect.stringMatching(/^channel am: http.* answered 400: .*invalid label set/) as string,
    });
    expect(await held(id(5))).toEqual([]);
  });

  it('can be tried again while Alertmanager is away', async () => {
    await alertmanager.stop();
    const error: unknown = await send(aNotice({ remediationId: id(6) })).catch((error: unknown) => error);
    expect(error).toMatchObject({ type: 'NotificationFailed' });
    expect(String(error)).toMatch(/channel am: .*ECONNREFUSED/);
  });
});
