import type { Here, Subject } from './action-table.ts';
import { untilGone } from './workload-subject.ts';

interface Options {
  readonly kind: string;
  /** Of the list, below the API server's address. */
  readonly path: string;
  readonly name?: string;
  readonly spec: object;
  /** What its controller would say, where the control plane has none. */
  readonly status?: object;
  /** What of the object the action moves. */
  readonly look: (object: { readonly spec: never; readonly status: never }) => unknown;
}

export interface ObjectHands extends Required<Pick<Subject, 'target' | 'look' | 'remove' | 'create'>> {
  readonly path: string;
  /** A merge patch of `kubectl` to its spec. */
  patch(spec: object): Promise<void>;
  /** Sets its status, as its controller would. */
  setStatus(status: object): Promise<void>;
}

/** One object of the API that an action edits, and what the suite's hands do to it. */
export async function arrangeObject(
  { cluster, namespace }: Here,
  { kind, path: list, name = 'one', spec, status, look }: Options,
): Promise<ObjectHands> {
  const { human } = cluster;
  const path = `${list}/${name}`;
  const setStatus = (next: object) => human.patch(`${path}/status`, { status: next });
  const create = async () => {
    await human.create(list, { metadata: { name }, spec });
    if (status !== undefined) await setStatus(status);
  };
  await create();
  return {
    ...{ target: { namespace, kind, name }, path, create, setStatus },
    look: async () => look(await human.get(path)),
    patch: (changed) => human.patch(path, { spec: changed }),
    remove: async () => {
      await human.remove(path);
      await untilGone(cluster, path);
    },
  };
}
