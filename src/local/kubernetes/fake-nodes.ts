import { ApiRefused } from './api.ts';
import type { ApiClient } from './api.ts';

const resources = { cpu: '32', memory: '128Gi', pods: '1000' };

function fakeNode(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
        type: 'kwok',
      },
    },
    status: {
      allocatable: resources,
      capacity: resources,
      nodeInfo: {
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        operatingSystem: 'linux',
        bootID: '',
        containerRuntimeVersion: 'kwok',
        kernelVersion: 'kwok',
        kubeProxyVersion: 'kwok',
        kubeletVersion: 'kwok',
        machineID: '',
        osImage: 'kwok',
        systemUUID: '',
      },
    },
  };
}

/** Creates the nodes `node-0` to `node-(count - 1)`; one that exists is left as it is. */
export async function createNodes(client: ApiClient, count: number): Promise<true> {
  const names = Array.from({ length: count }, (_, index) => `node-${index}`);
  await Promise.all(
    names.map(async (name) => {
      try {
        await client.call({ method: 'POST', path: '/api/v1/nodes', body: fakeNode(name) });
      } catch (error) {
        if (!(error instanceof ApiRefused && error.reason === 'AlreadyExists')) throw error;
      }
    }),
  );
  return true;
}

interface NodeList {
  items: {
    spec: { taints?: unknown[]; unschedulable?: boolean };
    status: { conditions?: { type: string; status: string }[] };
  }[];
}

/** Whether there are at least `count` nodes, all Ready and without a taint that keeps Pods away. */
export async function nodesAreSchedulable(client: ApiClient, count: number): Promise<boolean> {
  const { items } = (await client.call({ path: '/api/v1/nodes' })) as NodeList;
  return (
    items.length >= count &&
    items.every(
      ({ spec, status }) =>
        !spec.unschedulable &&
        (spec.taints ?? []).length === 0 &&
        status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    )
  );
}
