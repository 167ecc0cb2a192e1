import type { Alert } from '../../../src/domain/alert/alert.ts';

/** What the webhook answers: how many alerts it did what with. */
export interface Taken {
  readonly started: number;
  readonly duplicates: number;
  readonly repeats: number;
  readonly signalled: number;
  readonly ignored: number;
  readonly unhandled: number;
}

export interface Delivery {
  readonly url: string;
  readonly alerts: readonly Alert[];
  /** Absent: that of Alertmanager's own notifications. */
  readonly receiver?: string;
}

/** A notification in Alertmanager's form, by hand. Settles with the answer, whatever it is. */
export async function deliver({ url, alerts, receiver = 'mendloop' }: Delivery): Promise<Response> {
  return await fetch(`${url}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      version: '4',
      receiver,
      status: alerts[0]?.status,
      alerts,
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: 'http://alertmanager.example',
      groupKey: '{}:{}',
    }),
  });
}

/** The same, where it has to be taken. */
export async function deliverTaken(delivery: Delivery): Promise<Taken> {
  const response = await deliver(delivery);
  if (response.status !== 200) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Taken;
}
