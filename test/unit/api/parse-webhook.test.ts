import { describe, expect, it } from 'vitest';
import { parseWebhook } from '../../../src/api/webhook/parse-webhook.ts';
import { aWebhook, wireAlert } from './api-harness.ts';

/** As Grafana's alerting sends it. Source: Grafana's documentation, "Configure webhook notifications". */
const fromGrafana = {
  receiver: 'mendloop',
  status: 'firing',
  orgId: 1,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'High memory usage', grafana_folder: 'Production', team: 'blue', zone: 'us-1' },
      annotations: { description: 'The system has high memory usage', __dashboardUid__: 'abc' },
      startsAt: '2026-10-12T09:51:03.157076+02:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://grafana.example/alerting/1afz29v7z/edit',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://grafana.example/alerting/silence/new',
      dashboardURL: '',
      panelURL: '',
      values: { B: 44.23943737541908, C: 1 },
      valueString: "[ metric='' labels={} value=44.23943737541908 ]",
      orgId: 1,
    },
    {
      status: 'resolved',
      labels: { alertname: 'High CPU usage' },
      annotations: {},
      startsAt: '2026-10-12T09:50:00-05:00',
      endsAt: '2026-10-12T15:55:00+01:00',
      generatorURL: '',
      fingerprint: 'bc97ff14869b13e3',
      values: null,
    },
  ],
  groupLabels: {},
  commonLabels: { team: 'blue' },
  commonAnnotations: {},
  externalURL: 'https://grafana.example/',
  version: '1',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  title: '[FIRING:2]  (blue)',
  state: 'alerting',
  message: '**Firing**',
};

describe('parseWebhook', () => {
  it("takes Grafana's body like Alertmanager's, with its times in UTC", async () => {
    const { alerts } = await parseWebhook(fromGrafana);
    expect(alerts).toMatchObject([
      { fingerprint: 'c6eadffa33fcdf37', startsAt: '2026-10-12T07:51:03.157Z' },
      { fingerprint: 'bc97ff14869b13e3', startsAt: '2026-10-12T14:50:00.000Z', endsAt: '2026-10-12T14:55:00.000Z' },
    ]);
    expect(alerts[0]).not.toHaveProperty('values');
    expect(alerts[0]).not.toHaveProperty('endsAt');
  });

  it.each(['4', '1', '5', 'v2', 1])('takes the format under version %s', async (version) => {
    expect((await parseWebhook(aWebhook([wireAlert()], { version }))).alerts).toHaveLength(1);
  });

  it.each([undefined, '', null, {}])('does not take a body of version %j', async (version) => {
    await expect(parseWebhook(aWebhook([], { version }))).rejects.toMatchObject({
      body: { errors: [{ path: 'version' }] },
    });
  });

  it('takes null for what is not there, as senders in Go write it', async () => {
    const entry = { ...wireAlert(), annotations: null, endsAt: null, generatorURL: null };
    const nothing = { groupLabels: null, commonLabels: null, commonAnnotations: null, truncatedAlerts: null };
    const { alerts, truncatedAlerts } = await parseWebhook({ ...aWebhook([]), ...nothing, alerts: [entry] });
    expect(alerts).toMatchObject([{ annotations: {}, generatorURL: '' }]);
    expect(alerts[0]).not.toHaveProperty('endsAt');
    expect(truncatedAlerts).toBe(0);
  });

  it.each(['labels', 'startsAt', 'fingerprint', 'status'])('does not take an alert without %s', async (missing) => {
    const body = { ...aWebhook([]), alerts: [{ ...wireAlert(), [missing]: null }] };
    await expect(parseWebhook(body)).rejects.toMatchObject({ body: { errors: [{ path: `alerts.0.${missing}` }] } });
  });

  it('keeps the start that its sender gave, where that is in UTC', async () => {
    const startsAt = '2026-10-12T09:51:03.157076Z';
    expect((await parseWebhook(aWebhook([wireAlert({ startsAt })]))).alerts[0]?.startsAt).toBe(startsAt);
  });

  it.each([
    ['2026-10-12t09:51:03z', '2026-10-12T09:51:03Z'],
    ['2026-10-12t09:51:03.157076123z', '2026-10-12T09:51:03.157076123Z'],
    ['2026-10-12t09:51:03-07:00', '2026-10-12T16:51:03.000Z'],
    ['2026-10-12T09:51:03-00:00', '2026-10-12T09:51:03.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['0000-01-01T00:00:00+14:00', '0000-01-01T00:00:00+14:00'],
    ['9999-12-31T23:59:59-14:00', '9999-12-31T23:59:59-14:00'],
  ])('takes the instant %s', async (startsAt, expected) => {
    const { alerts } = await parseWebhook(aWebhook([wireAlert({ startsAt })]));
    expect(alerts[0]?.startsAt).toBe(expected);
    expect(Date.parse(expected)).not.toBeNaN();
  });

  it.each(['', '2026-10-12', '2026-10-12 09:51:03Z', '2026-02-30T00:00:00Z', '2026-10-12T09:51:03', 1_791_792_000])(
    'does not take %j for an instant',
    async (startsAt) => {
      await expect(parseWebhook(aWebhook([{ ...wireAlert(), startsAt }]))).rejects.toMatchObject({
        body: { errors: [{ path: 'alerts.0.startsAt' }] },
      });
    },
  );

  it('takes an end in year 1 for none, whatever the status', async () => {
    const { alerts } = await parseWebhook(aWebhook([wireAlert({ status: 'resolved' })]));
    expect(alerts[0]).not.toHaveProperty('endsAt');
  });
});
