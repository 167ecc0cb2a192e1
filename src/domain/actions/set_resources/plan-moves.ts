import type { ContainerLike } from '../../cost/pod-requests.ts';
import { parseQuantity } from '../../cost/quantity.ts';
import { MendloopError } from '../../failures.ts';
import { nameTarget } from '../../target/name-target.ts';
import type { ResourceMove, SetResourcesSeen } from './change.ts';
import type { ResourceStep, SetResourcesParameters } from './parameters.ts';

const MI = 1024 ** 2;

/**
 * The container that is meant.
 *
 * @throws MendloopError `TargetUnsupported` where the plan names none of several, or one that there is not.
 */
export function chooseContainer(
  { container }: Pick<SetResourcesParameters, 'container'>,
  { target, pod }: Pick<SetResourcesSeen, 'target' | 'pod'>,
): ContainerLike & { readonly name: string } {
  const containers = pod.containers ?? [];
  const names = containers.map(({ name = '' }) => name);
  const found = container === undefined ? containers[0] : containers.find(({ name }) => name === container);
  if (found === undefined || (container === undefined && containers.length > 1)) {
    const which = container === undefined ? 'the plan must name one of them' : `there is no container ${container}`;
    throw new MendloopError('TargetUnsupported', `${nameTarget(target)} has ${names.join(', ')}: ${which}`);
  }
  return { ...found, name: found.name ?? '' };
}

/**
 * What moves, from where to where.
 *
 * @throws MendloopError `NotIndicated` where nothing is declared that could be raised; `LimitReached` at the plan's own
 * maximum.
 */
export function planMoves(parameters: SetResourcesParameters, seen: SetResourcesSeen): ResourceMove[] {
  const { name, resources = {} } = chooseContainer(parameters, seen);
  const moves: ResourceMove[] = [];
  for (const kind of ['requests', 'limits'] as const) {
    for (const resource of ['memory', 'cpu'] as const) {
      const step = parameters[kind]?.[resource];
      if (step === undefined) continue;
      const what = `${kind} of ${resource} of container ${name} of ${nameTarget(seen.target)}`;
      const from = resources[kind]?.[resource];
      if (from === undefined) throw new MendloopError('NotIndicated', `there are no ${what}`);
      const to = stepped(step, parseQuantity(from));
      if (!(to > parseQuantity(from))) {
        throw new MendloopError('LimitReached', `${what} are ${from}, and the plan gives at most ${step.max}`);
      }
      moves.push({ of: kind, resource, from, to: quantityOf(resource, to) });
    }
  }
  return moves;
}

/** In cores or bytes; what the plan allows at most is never passed by rounding. */
function stepped(step: ResourceStep, from: number): number {
  const wanted = 'add' in step ? from + parseQuantity(step.add) : from * step.factor;
  return Math.min(wanted, parseQuantity(step.max));
}

/** As people write it: whole Mi, and thousandths of a core. */
function quantityOf(resource: 'memory' | 'cpu', value: number): string {
  if (resource === 'cpu') return `${Math.floor(value * 1000 + 1e-6)}m`;
  return value >= MI ? `${Math.floor(value / MI)}Mi` : String(Math.floor(value));
}
