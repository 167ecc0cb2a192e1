import type { GuardOverview } from '../../../src/domain/guards/overview.ts';
import type { Installation } from './installation.ts';

type Api = Pick<Installation, 'apiUrl' | 'token'>;

const credentials = ({ token }: Api) => ({ Authorization: `Bearer ${token()}` });

/** The pause switch, in the hands of an operator. */
export async function orderPause(api: Api, order: 'pause' | 'resume'): Promise<void> {
  await post(api, `guards/${order}`, 'a freeze');
}

/** A human's yes. */
export async function approve(api: Api, remediationId: string): Promise<void> {
  await post(api, `remediations/${encodeURIComponent(remediationId)}/approve`, 'known pattern');
}

/** A human's no. */
export async function reject(api: Api, remediationId: string): Promise<void> {
  await post(api, `remediations/${encodeURIComponent(remediationId)}/reject`, 'not now');
}

/** A human's order to put back what a remediation has changed. */
export async function undo(api: Api, remediationId: string): Promise<void> {
  await post(api, `remediations/${encodeURIComponent(remediationId)}/undo`, 'not this one');
}

/** All that guards the cluster, as people see it. */
export async function guardsOf(api: Api): Promise<GuardOverview> {
  const response = await fetch(`${api.apiUrl}/api/v1/guards`, { headers: credentials(api) });
  if (!response.ok) throw new Error(`the guards answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as GuardOverview;
}

/** Labels of the alerts that have called the on-call about a Deployment. */
export async function pagesAbout(
  { alertmanager }: Pick<Installation, 'alertmanager'>,
  deployment: string,
): Promise<Record<string, string>[]> {
  const filters = ['alertname="RemediationFailed"', `deployment="${deployment}"`];
  const query = new URLSearchParams(filters.map((filter): [string, string] => ['filter', filter]));
  const response = await fetch(`${alertmanager.url}/api/v2/alerts?${query.toString()}`);
  return ((await response.json()) as { labels: Record<string, string> }[]).map(({ labels }) => labels);
}

async function post(api: Api, path: string, reason: string): Promise<void> {
  const response = await fetch(`${api.apiUrl}/api/v1/${path}`, {
    method: 'POST',
    headers: { ...credentials(api), 'Content-Type': 'application/json' },
    body: JSON.stringify({ reason }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}
