import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { at, type Helm, startHelm } from '../support/chart/helm.ts';
import { serverSideApply } from '../support/chart/server-side-apply.ts';
import { startTestCluster, type TestCluster } from '../support/cluster.ts';

/** A chart as a user's service has one; `replicas` is in it unless it is null. */
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  {{- if not (kindIs "invalid" .Values.replicas) }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers: [{ name: main, image: {{ .Values.image | quote }} }]
`;

let helm: Helm;
let cluster: TestCluster;
let chart: string;

beforeAll(async () => {
  [helm, cluster] = await Promise.all([startHelm(), startTestCluster()]);
  chart = join(helm.folder, 'service');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: service\nversion: 1.0.0\n');
  await writeFile(join(chart, 'values.yaml'), 'replicas: 2\nimage: example/service:1\n');
  await writeFile(join(chart, 'templates', 'deployment.yaml'), DEPLOYMENT);
});
afterAll(async () => {
  await cluster.stop();
  await helm.close();
});

/** A release in the namespace `default`, and the hands on it. */
function service(name: string) {
  const path = `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const upgrade = (set: string, ...args: string[]) =>
    helm.run('upgrade', '--install', name, chart, '--kubeconfig', cluster.plane.kubeconfigPath, '--set', set, ...args);
  const deployment = () => cluster.human.get(path);
  return {
    upgrade,
    replicas: async () => at(await deployment(), 'spec.replicas'),
    image: async () => at(await deployment(), 'spec.template.spec.containers.0.image'),
    /** As Mendloop does: by the scale subresource, under a field manager of the remediation's. */
    scaleByMendloop: async (from: number, to: number) => {
      const patch = [
        { op: 'test', path: '/spec/replicas', value: from } as const,
        { op: 'add', path: '/spec/replicas', value: to } as const,
      ];
      await cluster.kubernetes.jsonPatch(`${path}/scale`, patch, { fieldManager: 'mendloop-0123456789abcdef' });
    },
    /** What `kubectl apply --server-side --field-manager MANAGER` sends for the number of replicas alone. */
    applyReplicas: (manager: string, replicas: number) =>
      serverSideApply({
        ...{ api: cluster.plane, path, manager },
        object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec: { replicas } },
      }),
    /** As giving ownership back would: the entries of Mendloop's managers are taken out of `managedFields`. */
    dropMendloop: async () => {
      const managers = at(await deployment(), 'metadata.managedFields') as { manager: string }[];
      const others = managers.filter(({ manager }) => !manager.startsWith('mendloop'));
      await cluster.human.patch(path, { metadata: { managedFields: others } });
    },
  };
}

const CONFLICT = /conflict with "mendloop-0123456789abcdef".*\.spec\.replicas/s;

describe('an upgrade by Helm 4 of a service that Mendloop has scaled', () => {
  it('passes, and leaves the number alone, where the chart leaves replicas out', async () => {
    const { upgrade, scaleByMendloop, replicas, image } = service('left-out');
    await upgrade('replicas=null');
    await scaleByMendloop(1, 5);
    await upgrade('replicas=null,image=example/service:2');
    expect([await replicas(), await image()]).toEqual([5, 'example/service:2']);
  });

  it('fails where the chart sets replicas, and changes nothing', async () => {
    const { upgrade, scaleByMendloop, replicas, image } = service('set');
    await upgrade('replicas=2');
    await scaleByMendloop(2, 5);
    await expect(upgrade('replicas=2,image=example/service:2')).rejects.toThrow(CONFLICT);
    expect([await replicas(), await image()]).toEqual([5, 'example/service:1']);
  });

  it('takes the number back with --force-conflicts', async () => {
    const { upgrade, scaleByMendloop, replicas, image } = service('forced');
    await upgrade('replicas=2');
    await scaleByMendloop(2, 5);
    await upgrade('replicas=2,image=example/service:2', '--force-conflicts');
    expect([await replicas(), await image()]).toEqual([2, 'example/service:2']);
  });

  it('passes after an undo while it asks for the same number, and fails for another', async () => {
    const { upgrade, scaleByMendloop, replicas } = service('undone');
    await upgrade('replicas=2');
    await scaleByMendloop(2, 5);
    await scaleByMendloop(5, 2);
    await upgrade('replicas=2,image=example/service:2');
    await expect(upgrade('replicas=3')).rejects.toThrow(CONFLICT);
    expect(await replicas()).toBe(2);
  });

  it('passes for any number once no manager of ours is named any more', async () => {
    const { upgrade, scaleByMendloop, dropMendloop, replicas } = service('given-back');
    await upgrade('replicas=2');
    await scaleByMendloop(2, 5);
    await scaleByMendloop(5, 2);
    await dropMendloop();
    await upgrade('replicas=3');
    expect(await replicas()).toBe(3);
  });
});

describe('leaving replicas out of a chart that had them', () => {
  it('sets them to one where nothing else owns them', async () => {
    const { upgrade, replicas } = service('dropped');
    await upgrade('replicas=3');
    await upgrade('replicas=null');
    expect(await replicas()).toBe(1);
  });

  it('leaves them as they are once another manager has applied them', async () => {
    const { upgrade, applyReplicas, scaleByMendloop, replicas } = service('handed-over');
    await upgrade('replicas=3');
    await applyReplicas('handover', 3);
    await upgrade('replicas=null');
    expect(await replicas()).toBe(3);
    await scaleByMendloop(3, 5);
    await upgrade('replicas=null,image=example/service:2');
    expect(await replicas()).toBe(5);
  });
});
