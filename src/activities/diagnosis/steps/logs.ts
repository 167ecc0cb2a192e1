import { type FailingContainer, failingContainers } from '../../../domain/diagnosis/describe-pods.ts';
import { logLines } from '../../../domain/diagnosis/log-lines.ts';
import { MendloopError } from '../../../domain/failures.ts';
import { hasPods, type Scene } from '../scene.ts';
import type { DiagnosisStep } from '../step.ts';

const MAX_CONTAINERS = 2;
const MAX_LINES = 25;
/** The API server counts them from the beginning of the lines that were asked for. */
const MAX_BYTES = 65_536;

/** The ends of the logs of the containers that fail; of the run before, where that has ended. */
export const logs: DiagnosisStep = async (scene) => {
  if (!hasPods(scene.target)) return { lines: [] };
  const failing = failingContainers(await scene.pods()).slice(0, MAX_CONTAINERS);
  if (failing.length === 0) return { lines: [] };
  if (!scene.readsLogs)
    throw new MendloopError('KubernetesForbidden', 'switched off (diagnosis.logs): they may hold secrets');
  // The worst one's last, where the room for them begins to be filled from.
  const read = await Promise.all(failing.toReversed().map((container) => ofContainer(scene, container)));
  return { lines: read.flat() };
};

async function ofContainer(scene: Scene, failing: FailingContainer): Promise<string[]> {
  const { pod, container, hasPrevious } = failing;
  const ended = hasPrevious ? await read(scene, failing, true) : [];
  const lines = ended.length > 0 ? ended : await read(scene, failing, false);
  if (lines.length === 0) return [];
  return [`${pod}, container ${container}${ended.length > 0 ? ', the run before this one' : ''}:`, ...lines];
}

/** A kubelet forgets the logs of earlier runs, and says 400. */
async function read(
  { kubernetes }: Scene,
  { namespace, pod, container }: FailingContainer,
  previous: boolean,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const query = { container, previous: String(previous), tailLines: String(MAX_LINES), limitBytes: String(MAX_BYTES) };
  try {
    return logLines(await kubernetes.getText(path, query, MAX_BYTES), MAX_LINES);
  } catch (error) {
    if (previous && error instanceof MendloopError && error.type === 'KubernetesInvalid') return [];
    throw error;
  }
}
