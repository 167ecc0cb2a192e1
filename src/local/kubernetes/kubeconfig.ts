import { writeFile } from 'node:fs/promises';
import type { KubernetesApi } from './api.ts';

/** Writes a kubeconfig for one user; readable by the owner alone, because it holds a token. JSON is valid YAML. */
export async function writeKubeconfig(
  file: string,
  { api, user = 'admin', namespace }: { api: KubernetesApi; user?: string; namespace?: string },
): Promise<void> {
  const cluster = 'mendloop';
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [
      {
        name: cluster,
        cluster: { server: api.url, 'certificate-authority-data': Buffer.from(api.ca).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token: api.token } }],
    contexts: [{ name: cluster, context: { cluster, user, ...(namespace === undefined ? {} : { namespace }) } }],
  };
  await writeFile(file, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
}
