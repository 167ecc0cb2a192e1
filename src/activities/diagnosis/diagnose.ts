import type { KubernetesClient } from '../../clients/kubernetes/kubernetes-client.ts';
import { readNamespace } from '../../clients/kubernetes/seen-object.ts';
import { whyUnread } from '../../clients/kubernetes/why-unread.ts';
import type { PrometheusClient } from '../../clients/prometheus/prometheus-client.ts';
import type { Authority } from '../../domain/authority/authority.ts';
import { optInOf } from '../../domain/authority/opt-in.ts';
import { protectedNamespace } from '../../domain/authority/protected.ts';
import { composeDiagnosis, type StepOutcome } from '../../domain/diagnosis/compose-diagnosis.ts';
import { type Diagnosis, DiagnosisPart } from '../../domain/diagnosis/diagnosis.ts';
import { subjectOfAlert } from '../../domain/diagnosis/diagnosis-subject.ts';
import { MendloopError } from '../../domain/failures.ts';
import { nameTarget } from '../../domain/target/name-target.ts';
import type { Target } from '../../domain/target/target.ts';
import type { DiagnoseRequest } from './request.ts';
import { createScene } from './scene.ts';
import type { DiagnosisStep } from './step.ts';
import { DIAGNOSIS_STEPS } from './steps/index.ts';

export type DiagnosisActivities = ReturnType<typeof createDiagnosisActivities>;

export interface DiagnosisParts {
  readonly kubernetes: KubernetesClient;
  readonly prometheus: PrometheusClient;
  readonly authority: Authority;
  readonly settings: { readonly enabled: boolean; readonly logs: boolean };
}

/** Milliseconds for all steps, which run side by side: a human waits for it. */
const PATIENCE_MS = 6000;

/** Diagnoses of one worker at a time: a storm of escalations must not become a storm of reads. */
const MAX_AT_ONCE = 8;

/** Looking around for the human who is about to be told. */
export function createDiagnosisActivities({ kubernetes, prometheus, authority, settings }: DiagnosisParts) {
  let underWay = 0;

  async function look(asked: DiagnoseRequest): Promise<Diagnosis> {
    const now = Date.now();
    const target = asked.target ?? subjectOfAlert(asked.labels, asked.cluster);
    const nothing = (why: string) =>
      composeDiagnosis({
        now,
        of: target && nameTarget(target),
        outcomes: [{ part: DiagnosisPart.Status, why }],
      });
    if (!settings.enabled) return nothing('switched off (diagnosis.enabled)');
    if (target === undefined) return nothing('the alert names no object');
    if (target.cluster !== kubernetes.cluster) return nothing(`cluster ${target.cluster} is not ${kubernetes.cluster}`);
    if (underWay >= MAX_AT_ONCE) return nothing(`${MAX_AT_ONCE} other diagnoses are being taken`);
    underWay += 1;
    const timeout = AbortSignal.timeout(PATIENCE_MS);
    try {
      const why = await within(timeout, whyNot(target));
      if (why !== undefined) return nothing(why);
      const scene = createScene({
        ...{ kubernetes, prometheus, target, asked, now, signal: timeout },
        readsLogs: settings.logs,
      });
      const outcomes = await Promise.all(
        (Object.entries(DIAGNOSIS_STEPS) as [DiagnosisPart, DiagnosisStep][]).map(
          async ([part, step]): Promise<StepOutcome> => {
            try {
              return { part, ...(await within(timeout, step(scene))) };
            } catch (error) {
              return { part, why: whyUnread(error) };
            }
          },
        ),
      );
      return composeDiagnosis({ now, of: nameTarget(target), outcomes });
    } catch (error) {
      return nothing(whyUnread(error));
    } finally {
      underWay -= 1;
    }
  }

  /**
   * Where nothing may be done nothing is read either: an alert's labels would else have anything read and told to channels.
   */
  async function whyNot(target: Target): Promise<string | undefined> {
    const place = target.kind === 'Namespace' ? { ...target, namespace: target.name } : target;
    const why = protectedNamespace(place.namespace, authority);
    if (why !== undefined) return why;
    if (optInOf({ target: place, labels: {}, authority }).by !== undefined) return undefined;
    const { labels } =
      place.namespace === '' ? { labels: await labelsOfNode(place) } : await readNamespace(kubernetes, place.namespace);
    const optIn = optInOf({ target: place, labels, authority });
    return optIn.by === undefined ? optIn.why : undefined;
  }

  async function labelsOfNode({ name }: Target): Promise<Readonly<Record<string, string>>> {
    const { metadata } = await kubernetes.get<{ metadata?: { labels?: Record<string, string> } }>(
      `/api/v1/nodes/${encodeURIComponent(name)}`,
    );
    return metadata?.labels ?? {};
  }

  return {
    /**
     * What is to be seen of an object, for people. Reads only, never fails: what could not be read is told with the reason.
     * Settles within some seconds.
     */
    diagnose: (request: DiagnoseRequest): Promise<Diagnosis> => look(request),
  };
}

/** What does not answer in that time is told as such; its call ends by its own time limit. */
async function within<T>(timeout: AbortSignal, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  const late = Promise.withResolvers<never>();
  const onAbort = () => {
    late.reject(new MendloopError('KubernetesUnavailable', `no answer within ${PATIENCE_MS / 1000} s`));
  };
  if (timeout.aborted) onAbort();
  timeout.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    timeout.removeEventListener('abort', onAbort);
  }
}
