import { describe, expect, it } from 'vitest';
import { podRequests, type PodSpecLike, type PodStatusLike } from '../../../src/domain/cost/pod-requests.ts';

const requesting = (cpu: string, more: object = {}) => ({ resources: { requests: { cpu } }, ...more });
const sidecar = (cpu: string) => requesting(cpu, { restartPolicy: 'Always' });
const cpuOf = (spec: PodSpecLike, status?: PodStatusLike) => podRequests(spec, status).cpu;

/** The cases of Kubernetes' own test of `PodRequests`, by their meaning. */
describe('the requests of a Pod', () => {
  it('are those of all its containers', () => {
    const containers = [
      { resources: { requests: { cpu: '250m', memory: '64Mi' } } },
      { resources: { requests: { cpu: '1', memory: '1Gi' } } },
      {},
    ];
    expect(podRequests({ containers })).toEqual({ cpu: 1.25, memory: 1088 * 1024 ** 2 });
  });

  it('are its limits where it declares nothing else, and what it declares where that is less', () => {
    expect(cpuOf({ containers: [{ resources: { limits: { cpu: '2' } } }] })).toBe(2);
    expect(cpuOf({ containers: [{ resources: { requests: { cpu: '0' }, limits: { cpu: '2' } } }] })).toBe(0);
  });

  it.each<[string, PodSpecLike, number]>([
    ['an init container that needs more', { containers: [requesting('1')], initContainers: [requesting('3')] }, 3],
    ['one that needs less', { containers: [requesting('1')], initContainers: [requesting('500m')] }, 1],
    ['sidecars', { containers: [requesting('1')], initContainers: [sidecar('200m'), sidecar('300m')] }, 1.5],
    [
      'an init container after a sidecar',
      { containers: [requesting('1')], initContainers: [sidecar('2'), requesting('5')] },
      7,
    ],
    [
      'an init container before a sidecar',
      { containers: [requesting('1')], initContainers: [requesting('5'), sidecar('2')] },
      5,
    ],
    ["the RuntimeClass's overhead", { containers: [requesting('1')], overhead: { cpu: '250m' } }, 1.25],
    ['no container', {}, 0],
    ['what is no quantity', { containers: [requesting('a lot')] }, 0],
  ])('count %s', (_what, spec, expected) => {
    expect(cpuOf(spec)).toBeCloseTo(expected, 9);
  });

  it.each<[string, PodSpecLike, number]>([
    [
      'count before those of its containers',
      { resources: { requests: { cpu: '2' } }, containers: [requesting('1'), requesting('500m')] },
      2,
    ],
    [
      'are the sum of its containers where it has limits alone',
      { resources: { limits: { cpu: '4' } }, containers: [requesting('1')] },
      1,
    ],
    [
      'are its limits where no container declares anything',
      { resources: { limits: { cpu: '4' } }, containers: [{}] },
      4,
    ],
    [
      'leave what they do not name to its containers',
      { resources: { requests: { memory: '1Gi' } }, containers: [requesting('1')] },
      1,
    ],
    ['have the overhead on top', { resources: { requests: { cpu: '2' } }, overhead: { cpu: '1' } }, 3],
  ])('as a whole %s', (_what, spec, expected) => {
    expect(cpuOf(spec)).toBe(expected);
  });
});

describe('a resize in place', () => {
  const spec = { containers: [requesting('2', { name: 'main' }), requesting('1', { name: 'side' })] };
  const at = (allocated: string, inForce: string, conditions: PodStatusLike['conditions'] = []): PodStatusLike => ({
    containerStatuses: [
      { name: 'main', allocatedResources: { cpu: allocated }, resources: { requests: { cpu: inForce } } },
    ],
    conditions,
  });
  const infeasible = [{ type: 'PodResizePending', reason: 'Infeasible' }];
  const deferred = [{ type: 'PodResizePending', reason: 'Deferred' }];

  it.each<[string, PodStatusLike, number]>([
    ['upwards counts as wanted', at('1', '1'), 3],
    ['that is deferred counts as wanted', at('1', '1', deferred), 3],
    ['downwards counts as it is until it is done', at('4', '4'), 5],
    ['that is allocated and not yet in force counts as the larger', at('3', '5'), 6],
    ['that is done counts once', at('2', '2'), 3],
  ])('%s', (_what, status, expected) => {
    expect(cpuOf(spec, status)).toBe(expected);
  });

  it('that no node can give counts as it is', () => {
    const both: PodStatusLike = {
      ...at('1', '1', infeasible),
      containerStatuses: [
        ...(at('1', '1').containerStatuses ?? []),
        { name: 'side', allocatedResources: { cpu: '1' }, resources: { requests: { cpu: '1' } } },
      ],
    };
    expect(cpuOf(spec, both)).toBe(2);
  });

  it('of a sidecar counts in the same way', () => {
    const withSidecar = {
      containers: [requesting('1')],
      initContainers: [sidecar('1')].map((one) => ({ ...one, name: 's' })),
    };
    const status = { initContainerStatuses: [{ name: 's', allocatedResources: { cpu: '3' } }] };
    expect(cpuOf(withSidecar, status)).toBe(4);
  });

  it('of the Pod as a whole counts without its overhead twice', () => {
    const whole = { resources: { requests: { cpu: '2' } }, overhead: { cpu: '500m' } };
    const reserved = { resources: { requests: { cpu: '4500m' } }, allocatedResources: { cpu: '2500m' } };
    expect(cpuOf(whole, reserved)).toBe(4.5);
    expect(cpuOf(whole, { ...reserved, resources: { requests: { cpu: '1500m' } } })).toBe(2.5);
    const stays = { resources: { requests: { cpu: '1500m' } }, conditions: infeasible };
    expect(cpuOf(whole, stays)).toBe(1.5);
  });
});
