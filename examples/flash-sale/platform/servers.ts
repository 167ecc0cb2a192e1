import { ensureServers, type Progress, type ServerBinary } from '../../../src/stack/index.ts';

/** What a run of the example needs; promtool and amtool are for tests and for people. */
const NEEDED = [
  'temporal',
  'opa',
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'prometheus',
  'alertmanager',
] as const;

export type Servers = Record<(typeof NEEDED)[number], ServerBinary>;

/** Finds, downloads or builds them, once for all scenarios. */
export function ensureDemoServers(options: { progress: Progress; signal?: AbortSignal }): Promise<Servers> {
  return ensureServers(NEEDED, options);
}
