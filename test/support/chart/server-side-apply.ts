import { Agent, fetch } from 'undici';
import type { KubernetesApi } from '../../../src/local/kubernetes/api.ts';

export interface Apply {
  readonly api: KubernetesApi;
  /** Of the object, without a query. */
  readonly path: string;
  readonly manager: string;
  /** With `apiVersion`, `kind` and `metadata.name`. */
  readonly object: object;
}

/** What `kubectl apply --server-side --field-manager MANAGER` sends. Rejects with the API server's words. */
export async function serverSideApply({ api, path, manager, object }: Apply): Promise<void> {
  const dispatcher = new Agent({ connect: { ca: api.ca } });
  try {
    const response = await fetch(`${api.url}${path}?fieldManager=${manager}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/apply-patch+yaml' },
      body: JSON.stringify(object),
      dispatcher,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
  } finally {
    await dispatcher.close();
  }
}
