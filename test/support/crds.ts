import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { waitFor } from '../../dev/stack/index.ts';
import { ApiRefused } from '../../src/local/kubernetes/api.ts';
import { packageRoot } from '../../src/local/package-root.ts';
import { runCommand } from '../../src/local/process/run-command.ts';
import type { TestCluster } from './cluster.ts';

/** Where the definition of a kind is: in a Go module that `tools/servers/<folder>` pins, as its project ships it. */
interface Shipped {
  readonly folder: string;
  readonly module: string;
  /** Below the module's folder. */
  readonly path: string;
}

/** Made of the project's own types, because the module that has its definition cannot be downloaded. */
interface Made {
  /** Below `test/support/crds`. */
  readonly file: string;
}

export const CRDS = {
  scaledObjects: {
    ...{ folder: 'keda', module: 'github.com/kedacore/keda/v2' },
    path: 'config/crd/bases/keda.sh_scaledobjects.yaml',
  },
  rollouts: {
    ...{ folder: 'argo-rollouts', module: 'github.com/argoproj/argo-rollouts' },
    path: 'manifests/crds/rollout-crd.yaml',
  },
  analysisRuns: {
    ...{ folder: 'argo-rollouts', module: 'github.com/argoproj/argo-rollouts' },
    path: 'manifests/crds/analysis-run-crd.yaml',
  },
  analysisTemplates: {
    ...{ folder: 'argo-rollouts', module: 'github.com/argoproj/argo-rollouts' },
    path: 'manifests/crds/analysis-template-crd.yaml',
  },
  clusterAnalysisTemplates: {
    ...{ folder: 'argo-rollouts', module: 'github.com/argoproj/argo-rollouts' },
    path: 'manifests/crds/cluster-analysis-template-crd.yaml',
  },
  experiments: {
    ...{ folder: 'argo-rollouts', module: 'github.com/argoproj/argo-rollouts' },
    path: 'manifests/crds/experiment-crd.yaml',
  },
  applications: {
    ...{ folder: 'argo-cd', module: 'github.com/argoproj/argo-cd/v3' },
    path: 'manifests/crds/application-crd.yaml',
  },
  kustomizations: {
    ...{ folder: 'flux-kustomize', module: 'github.com/fluxcd/kustomize-controller' },
    path: 'config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml',
  },
  gitRepositories: {
    ...{ folder: 'flux-source', module: 'github.com/fluxcd/source-controller' },
    path: 'config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml',
  },
  helmRepositories: {
    ...{ folder: 'flux-source', module: 'github.com/fluxcd/source-controller' },
    path: 'config/crd/bases/source.toolkit.fluxcd.io_helmrepositories.yaml',
  },
  helmReleases: { file: 'helm-releases.yaml' },
} as const satisfies Record<string, Shipped | Made>;

interface Definition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
}

/** The hands that it takes. */
interface Installer {
  readonly human: Pick<TestCluster['human'], 'get' | 'create'>;
}

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Installs the definition as its project ships it; settles when its objects are served. May be called again. */
export async function installCrd({ human }: Installer, found: Shipped | Made): Promise<void> {
  const definition = 'file' in found ? await readMade(found) : await readShipped(found);
  await human.create(DEFINITIONS, definition).catch((error: unknown) => {
    if (!(error instanceof ApiRefused && error.status === 409)) throw error;
  });
  const { group, names, versions } = definition.spec;
  const path = `/apis/${group}/${versions[0]?.name ?? ''}`;
  // The API server lists a new kind a little later than it serves it, and clients look it up in that list.
  const isServed = async () => {
    await human.get(`${path}/${names.plural}`);
    const { resources } = await human.get<{ readonly resources: readonly { readonly name: string }[] }>(path);
    return resources.some(({ name }) => name === names.plural);
  };
  await waitFor(isServed, { what: `${names.plural} to be served`, timeoutMs: 60_000 });
}

async function readMade({ file }: Made): Promise<Definition> {
  return parse(await readFile(join(import.meta.dirname, 'crds', file), 'utf8')) as Definition;
}

async function readShipped({ folder, module, path }: Shipped): Promise<Definition> {
  const answer = await runCommand({
    ...{ command: 'go', args: ['mod', 'download', '-json', module], timeoutMs: 300_000 },
    cwd: join(packageRoot(), 'tools', 'servers', folder),
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
  });
  const { Dir: dir } = JSON.parse(answer) as { Dir: string };
  return parse(await readFile(join(dir, path), 'utf8')) as Definition;
}
