import { describeEvents, type DiagnosedEvent } from '../../../domain/diagnosis/describe-events.ts';
import type { DiagnosisStep } from '../step.ts';
import type { Scene } from '../scene.ts';

/** Events that are asked for; a namespace keeps an hour of them. */
const LIMIT = 500;

/** The Events of the object, of what stands behind it, and of its Pods. */
export const events: DiagnosisStep = async (scene) => {
  const { kubernetes, target } = scene;
  const namespace = target.kind === 'Namespace' ? target.name : target.namespace || 'default';
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`;
  const [found, names] = await Promise.all([
    kubernetes.get<{ items: DiagnosedEvent[] }>(path, { limit: String(LIMIT) }),
    namesOf(scene),
  ]);
  const concerns = ({ involvedObject }: DiagnosedEvent) =>
    target.kind === 'Namespace' || names.some((name) => isOf(involvedObject?.name ?? '', name));
  const ours = found.items.filter((event) => event.reason?.startsWith('Mendloop') !== true && concerns(event));
  return describeEvents(ours, scene.now);
};

/** What cannot be read has no name here. */
async function namesOf({ target, chain, workload, pods }: Scene): Promise<string[]> {
  const [links, behind, found] = await Promise.all([
    chain().then(
      ({ links }) => links,
      () => [],
    ),
    workload().catch(() => undefined),
    pods().catch(() => []),
  ]);
  const others = links.map((link) => link.target.name);
  const names = found.flatMap(({ metadata }) => metadata?.name ?? []);
  return [...new Set([target.name, ...others, ...names, ...(behind === undefined ? [] : [behind.target.name])])];
}

/** Its own, or of what a controller has made of it: `cart-7d9f`, `cart-7d9f-x2x4z`. */
function isOf(object: string, name: string): boolean {
  return object === name || object.startsWith(`${name}-`);
}
