import { setTimeout as delay } from 'node:timers/promises';
import { type AlertsAndPages, confirmingAlertmanager, type SenderSettings } from '../../config/alerts-schema.ts';
import type { SourceCheck } from '../../domain/alert/source-check.ts';
import type { PrometheusClient } from '../prometheus/prometheus-client.ts';
import { createAlertmanagerApi } from '../notifications/alertmanager/alertmanager-api.ts';
import type { AlertSource, CheckedAlert, SourceLook } from './alert-source.ts';
import { createAlertmanagerLook } from './alertmanager-look.ts';
import { createPrometheusLook } from './prometheus-look.ts';

export interface AlertSourceParts {
  readonly settings: AlertsAndPages;
  /** Stays the caller's to close. */
  readonly prometheus: PrometheusClient;
  /** Seconds after its start for which an Alertmanager that does not know an alert proves nothing. */
  readonly settleSeconds?: number;
}

/** For how long an answer is waited for, in milliseconds, beyond the patience. */
const ANSWER_MS = 2000;

const PATIENCE_MS = 4000;
const FIRST_WAIT_MS = 250;

/** Asks the source that the settings name for the sender of an alert. */
export function createAlertSource({ settings, prometheus, settleSeconds }: AlertSourceParts): AlertSource {
  const { confirm } = settings.alerts;
  const endpoint = confirmingAlertmanager(settings);
  const alertmanager = endpoint && createAlertmanagerApi(endpoint);
  const looks = {
    prometheus: createPrometheusLook(prometheus, confirm),
    alertmanager: alertmanager ? createAlertmanagerLook(alertmanager, { settleSeconds }) : notConfigured,
  };
  const standard = confirm.default ?? { source: alertmanager ? 'alertmanager' : 'prometheus' };
  const settingsOf = (sender: string | undefined): SenderSettings =>
    (sender !== undefined && Object.hasOwn(confirm.senders, sender) ? confirm.senders[sender] : undefined) ?? standard;

  return {
    async check(alert, { sender, signal, patienceMs = PATIENCE_MS } = {}) {
      const chosen = settingsOf(sender);
      if (chosen.source === 'none') return { status: 'not_asked', text: chosen.reason };
      return await lookUntilKnown(looks[chosen.source], { alert, signal, patienceMs, source: chosen.source });
    },
    close: async () => {
      await alertmanager?.close();
    },
  };
}

interface Patience {
  readonly alert: CheckedAlert;
  readonly source: string;
  readonly signal: AbortSignal | undefined;
  readonly patienceMs: number;
}

async function lookUntilKnown(look: SourceLook, { alert, source, signal, patienceMs }: Patience): Promise<SourceCheck> {
  const startedAt = performance.now();
  const timeLeft = AbortSignal.timeout(patienceMs + ANSWER_MS);
  const either = signal === undefined ? timeLeft : AbortSignal.any([timeLeft, signal]);
  try {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
      const check = await look(alert, either);
      const left = patienceMs - (performance.now() - startedAt);
      if (check.status !== 'not_firing' || left <= 0) return check;
      await delay(Math.min(waitMs, left), undefined, { signal: either });
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (!timeLeft.aborted) throw error;
    return { status: 'unknown', source, asked: 'whether the alert fires', text: `${source} gave no answer in time` };
  }
}

const notConfigured: SourceLook = () =>
  Promise.resolve({
    status: 'unknown',
    source: 'alertmanager',
    asked: 'nothing',
    text: 'no Alertmanager is configured to be asked: alerts.confirm.alertmanager',
  });
