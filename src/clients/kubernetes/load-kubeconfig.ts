import type { Config } from '../../config/schema.ts';
import { KeptConnections } from './kept-connections.ts';

/** What the library takes where it finds no kubeconfig. */
const NOWHERE = 'http://localhost:8080';

/** How a cluster is reached. */
export interface Reach {
  readonly kubeconfig: KeptConnections;
  /** Address of the API server. */
  readonly server: string;
  /** Why no call can be made now; a cluster that is not there is no fault of the settings. */
  readonly missing?: string;
}

/**
 * Reads the kubeconfig of the settings, else the usual ones, else the service account of the Pod this runs in.
 *
 * @throws Error of one line where no API server can ever be reached by it.
 */
export function loadKubeconfig({ kubeconfig: file, context }: Config['kubernetes']): Reach {
  const name = file === undefined ? 'kubeconfig' : `kubeconfig ${file}`;
  const kubeconfig = new KeptConnections();
  try {
    if (file === undefined) kubeconfig.loadFromDefault();
    else kubeconfig.loadFromFile(file);
  } catch (error) {
    // The lines after the first one repeat the file, secrets included.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    // eslint-disable-next-line preserve-caught-error -- the cause would be printed, too
    throw new Error(`invalid ${name}: expected one that can be read, found ${why}`);
  }
  if (context !== undefined) kubeconfig.setCurrentContext(context);
  const cluster = kubeconfig.getCurrentCluster();
  if (!cluster?.server) {
    const contexts = kubeconfig.getContexts().map((one) => one.name);
    const found = contexts.length === 0 ? 'no context' : contexts.join(', ');
    const wanted = kubeconfig.getCurrentContext();
    throw new Error(
      `invalid ${name}: expected a cluster for the context ${wanted || 'that is current'}, found ${found}`,
    );
  }
  const { server, skipTLSVerify } = cluster;
  if (file === undefined && server === NOWHERE) {
    return { kubeconfig, server, missing: 'there is no kubeconfig: none in $KUBECONFIG or ~/.kube/config, and no Pod' };
  }
  if (new URL(server).protocol === 'http:' && !skipTLSVerify) {
    throw new Error(
      `invalid server ${server} in the ${name}: expected https, because a token must not travel in the open ` +
        `(insecure-skip-tls-verify: true allows it)`,
    );
  }
  return { kubeconfig, server };
}
