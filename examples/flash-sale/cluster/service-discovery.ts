import { replaceFile, type Endpoints } from '../shop/endpoints.ts';
import type { PodSpec } from './pod-spec.ts';

export interface ServingPod {
  readonly spec: PodSpec;
  /** `host:port`. */
  readonly endpoint: string;
}

/** One entry of a `file_sd_configs` file. */
export interface ScrapeTarget {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<'pod' | 'namespace' | 'service' | 'node', string>>;
}

/** Prometheus' targets, labelled as `kubernetes_sd_configs` with the usual relabelling would. */
export function scrapeTargets(pods: readonly ServingPod[]): readonly ScrapeTarget[] {
  return pods.map(({ spec, endpoint }) => ({
    targets: [endpoint],
    labels: { pod: spec.name, namespace: spec.namespace, service: spec.service, node: spec.node },
  }));
}

/** Where each service listens. */
export function endpointsOf(pods: readonly ServingPod[]): Endpoints {
  const endpoints: Record<string, string[]> = {};
  for (const { spec, endpoint } of pods) (endpoints[spec.service] ??= []).push(endpoint);
  return endpoints;
}

/** Writes both files, one write at a time and always the newest state. */
export class ServiceDiscovery {
  readonly #endpointsFile: string;
  readonly #targetsFile: string;
  #pods: readonly ServingPod[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(files: { readonly endpointsFile: string; readonly targetsFile: string }) {
    this.#endpointsFile = files.endpointsFile;
    this.#targetsFile = files.targetsFile;
  }

  /** Settles when the files hold this state or a newer one. */
  publish(pods: readonly ServingPod[]): Promise<void> {
    this.#pods = pods;
    this.#writing = this.#writing.then(async () => {
      await replaceFile(this.#endpointsFile, JSON.stringify(endpointsOf(this.#pods)));
      await replaceFile(this.#targetsFile, JSON.stringify(scrapeTargets(this.#pods)));
    });
    return this.#writing;
  }
}
