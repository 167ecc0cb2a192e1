import { describe, expect, it } from 'vitest';
import type { StateObject } from '../../../examples/runner/state-metrics/family.ts';
import { limits } from '../../../examples/runner/state-metrics/limits.ts';
import { nodes } from '../../../examples/runner/state-metrics/nodes.ts';
import { pods } from '../../../examples/runner/state-metrics/pods.ts';
import { renderFamilies } from '../../../examples/runner/state-metrics/render.ts';
import { workloads } from '../../../examples/runner/state-metrics/workloads.ts';

const linesOf = (path: string, object: StateObject): string[] => {
  const resource = [pods, nodes, ...workloads, ...limits].find((one) => one.path === path);
  return renderFamilies(resource?.families ?? [], [object]).split('\n');
};

describe('the state of objects as metrics', () => {
  it('has a Pod under the names of kube-state-metrics', () => {
    const lines = linesOf('/api/v1/pods', {
      metadata: {
        ...{ namespace: 'shop', name: 'cart-1', uid: 'u1' },
        ownerReferences: [{ kind: 'ReplicaSet', name: 'cart', controller: true }],
      },
      spec: { nodeName: 'n1', containers: [{ name: 'main', resources: { limits: { memory: '64Mi' } } }] },
      status: {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          {
            ...{ name: 'main', restartCount: 3, ready: false },
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { reason: 'OOMKilled' } },
          },
        ],
      },
    });
    const pod = 'namespace="shop",pod="cart-1",uid="u1"';
    expect(lines).toEqual(
      expect.arrayContaining([
        `kube_pod_info{${pod},node="n1",created_by_kind="ReplicaSet",created_by_name="cart"} 1`,
        `kube_pod_status_phase{${pod},phase="Running"} 1`,
        `kube_pod_status_phase{${pod},phase="Pending"} 0`,
        `kube_pod_status_ready{${pod},condition="true"} 0`,
        `kube_pod_status_ready{${pod},condition="false"} 1`,
        '# TYPE kube_pod_container_status_restarts_total counter',
        `kube_pod_container_status_restarts_total{${pod},container="main"} 3`,
        `kube_pod_container_status_waiting_reason{${pod},container="main",reason="CrashLoopBackOff"} 1`,
        `kube_pod_container_status_last_terminated_reason{${pod},container="main",reason="OOMKilled"} 1`,
        `kube_pod_container_resource_limits{${pod},container="main",resource="memory",unit="byte"} 67108864`,
      ]),
    );
  });

  it('has a zero where the API leaves it out', () => {
    const lines = linesOf('/apis/apps/v1/deployments', {
      metadata: { namespace: 'shop', name: 'cart', generation: 2 },
      spec: { replicas: 3 },
      status: { observedGeneration: 2, conditions: [{ type: 'Progressing', status: 'False' }] },
    });
    const cart = 'namespace="shop",deployment="cart"';
    expect(lines).toEqual(
      expect.arrayContaining([
        `kube_deployment_spec_replicas{${cart}} 3`,
        `kube_deployment_status_replicas_ready{${cart}} 0`,
        `kube_deployment_status_condition{${cart},condition="Progressing",status="false"} 1`,
      ]),
    );
  });

  it('says of a node that it is cordoned, and by which taints it keeps Pods away', () => {
    const lines = linesOf('/api/v1/nodes', {
      metadata: { name: 'n1' },
      spec: { unschedulable: true, taints: [{ key: 'pool', value: 'a"b', effect: 'NoSchedule' }] },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'kube_node_spec_unschedulable{node="n1"} 1',
        'kube_node_spec_taint{node="n1",key="pool",value="a\\"b",effect="NoSchedule"} 1',
        'kube_node_status_condition{node="n1",condition="Ready",status="true"} 0',
        'kube_node_status_condition{node="n1",condition="Ready",status="unknown"} 1',
      ]),
    );
  });

  it('says whether a Job has failed, and nothing of one that has not ended', () => {
    const job = (conditions: readonly object[]): StateObject => ({
      metadata: { namespace: 'shop', name: 'nightly' },
      status: { conditions },
    });
    const failed = linesOf('/apis/batch/v1/jobs', job([{ type: 'Failed', status: 'True' }]));
    expect(failed).toContain('kube_job_failed{namespace="shop",job_name="nightly",condition="true"} 1');
    expect(linesOf('/apis/batch/v1/jobs', job([])).filter((line) => line.startsWith('kube_job_failed'))).toEqual([]);
  });
});
