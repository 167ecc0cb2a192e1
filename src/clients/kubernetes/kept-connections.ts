import { createHash } from 'node:crypto';
import { type Cluster, type HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';

type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;
type AgentOptions = Parameters<KubeConfig['createDispatcherOptions']>[1];

/**
 * A kubeconfig whose requests share their connections. The library makes a new dispatcher for every request, and with it
 * a new connection: a TLS handshake before each GET and PATCH. Here one dispatcher serves for as long as the cluster's and
 * the client's certificates stay what they are; an exec plugin or a file may change them at any time.
 */
export class KeptConnections extends KubeConfig {
  #identity = '';
  #kept: { readonly identity: string; readonly dispatcher: Dispatcher } | undefined;

  /** A request that knows how to authenticate, and the connections to send it by. */
  async authenticate(url: string, method: HttpMethod): Promise<RequestContext> {
    const context = new KeptContext(url, method, (dispatcher) => this.#keep(dispatcher));
    await this.applySecurityAuthentication(context);
    return context;
  }

  override createDispatcherOptions(cluster: Cluster | null, agentOptions: AgentOptions): DispatcherOptions {
    const options = super.createDispatcherOptions(cluster, agentOptions);
    // Made into a dispatcher, and given to the request, before anything else can run.
    this.#identity = createHash('sha256').update(JSON.stringify(options)).digest('base64');
    return options;
  }

  #keep(fresh: Dispatcher): Dispatcher {
    const kept = this.#kept;
    if (kept?.identity === this.#identity) return kept.dispatcher;
    this.#kept = { identity: this.#identity, dispatcher: fresh };
    // What is under way ends first.
    void kept?.dispatcher.close().catch(() => undefined);
    return fresh;
  }
}

class KeptContext extends RequestContext {
  readonly #choose: (fresh: Dispatcher) => Dispatcher;

  constructor(url: string, method: HttpMethod, choose: (fresh: Dispatcher) => Dispatcher) {
    super(url, method);
    this.#choose = choose;
  }

  override setDispatcher(dispatcher: Dispatcher): void {
    super.setDispatcher(this.#choose(dispatcher));
  }
}
