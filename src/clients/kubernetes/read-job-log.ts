import { MendloopError } from '../../domain/failures.ts';
import type { Target } from '../../domain/target/target.ts';
import { redactText } from '../../domain/text/redact.ts';
import { plainText } from '../../domain/text/plain-text.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import { podsPath } from './pod-workload.ts';
import { type Pod, podPath } from './workload.ts';

/** Lines that are asked for, from the end. */
const MAX_LINES = 50;

/** What is read of them at most, in bytes. */
const MAX_READ = 65_536;

/** What is kept, in characters: it is stored in the history, and shown to people. */
const MAX_KEPT = 4000;

/** The end of a log; or why there is none, for people. */
export type JobLog = { readonly text: string; readonly pod: string } | { readonly missing: string };

/**
 * The end of the log of a Job's newest Pod, bounded, and without what looks like a secret. That it cannot be had is no
 * reason to call what the Job did into question, so that it never throws.
 */
export async function readJobLog(kubernetes: KubernetesClient, job: Target): Promise<JobLog> {
  try {
    const name = newestOf(await podsOfJob(kubernetes, job))?.metadata?.name;
    if (name === undefined) return { missing: 'no Pod of it is there any more' };
    const query = { tailLines: String(MAX_LINES), limitBytes: String(MAX_READ) };
    const log = await kubernetes.getText(`${podPath({ namespace: job.namespace, name })}/log`, query, MAX_READ);
    // Redacted as a whole: what is cut off may be the beginning of a secret.
    const kept = plainText(redactText(log)).trimEnd().slice(-MAX_KEPT);
    return kept === '' ? { missing: 'it has written nothing' } : { text: kept, pod: name };
  } catch (error) {
    if (error instanceof MendloopError) return { missing: `it could not be read (${error.type})` };
    throw error;
  }
}

export async function podsOfJob(kubernetes: KubernetesClient, { namespace, name }: Target): Promise<Pod[]> {
  const query = { labelSelector: `batch.kubernetes.io/job-name=${name}` };
  return (await kubernetes.get<{ items: Pod[] }>(podsPath(namespace), query)).items;
}

function newestOf(pods: readonly Pod[]): Pod | undefined {
  const createdAt = ({ metadata }: Pod) => String(metadata?.creationTimestamp ?? '');
  return pods.toSorted((one, other) => createdAt(other).localeCompare(createdAt(one)))[0];
}
