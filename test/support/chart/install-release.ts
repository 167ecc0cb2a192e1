import type { TestCluster } from '../cluster.ts';
import { CHART_FOLDER, type Helm } from './helm.ts';

export interface ReleaseOptions {
  /** A values file. */
  readonly file?: string;
  /** Values over those. */
  readonly values?: object;
  /** Done when the namespace is there, and before the release. */
  readonly before?: () => Promise<void>;
}

/** Installs Mendloop's chart into a namespace of the release's name, which enforces Pod Security `restricted`. */
export async function installRelease(
  { helm, cluster }: { readonly helm: Helm; readonly cluster: TestCluster },
  release: string,
  { file, values = {}, before }: ReleaseOptions = {},
): Promise<void> {
  const namespace = { metadata: { name: release, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } };
  await cluster.human.create('/api/v1/namespaces', namespace);
  await before?.();
  await helm.run(
    ...['install', release, CHART_FOLDER, '--namespace', release, '--kubeconfig', cluster.plane.kubeconfigPath],
    ...(file === undefined ? [] : ['--values', file]),
    ...['--values', await helm.valuesFile({ fullnameOverride: release, ...values })],
  );
}
