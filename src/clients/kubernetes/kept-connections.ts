import { serialize } from 'node:v8';
import { type Cluster, type HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { Agent, type Dispatcher } from 'undici';

type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;
type AgentOptions = Parameters<KubeConfig['createDispatcherOptions']>[1];

/**
 * Milliseconds for which a connection without requests is kept. An API server closes it after 90 seconds.
 * Source: `IdleTimeout` of its HTTP server.
 */
export const IDLE_MS = 75_000;

/**
 * A kubeconfig whose requests share their connections. The library makes a new dispatcher for every request, and with it
 * a new connection: a TLS handshake before each GET and PATCH. Here one dispatcher serves for as long as the cluster's and
 * the client's certificates stay what they are; an exec plugin or a file may change them at any time.
 */
export class KeptConnections extends KubeConfig {
  #identity = Buffer.alloc(0);
  #kept: { readonly identity: Buffer; readonly dispatcher: Dispatcher } | undefined;

  /** A request that knows how to authenticate, and the connections to send it by. */
  async authenticate(url: string, method: HttpMethod): Promise<RequestContext> {
    const context = new KeptContext(url, method, (dispatcher) => this.#keep(dispatcher));
    await this.applySecurityAuthentication(context);
    if (context.getDispatcher() === undefined && this.#kept !== undefined) context.setDispatcher(this.#kept.dispatcher);
    return context;
  }

  override createDispatcherOptions(cluster: Cluster | null, agentOptions: AgentOptions): DispatcherOptions {
    const options = super.createDispatcherOptions(cluster, agentOptions);
    // Made into a dispatcher, and given to the request, before anything else can run.
    this.#identity = serialize(options);
    if (this.#kept?.identity.equals(this.#identity) === true) return { type: 'none' };
    if (options.type !== 'agent') return options;
    this.#keep(patient(options.connect));
    return { type: 'none' };
  }

  #keep(fresh: Dispatcher): Dispatcher {
    const kept = this.#kept;
    if (fresh === kept?.dispatcher) return fresh;
    this.#kept = { identity: this.#identity, dispatcher: fresh };
    // What is under way ends first.
    void kept?.dispatcher.close().catch(() => undefined);
    return fresh;
  }
}

type AgentConnect = Extract<DispatcherOptions, { type: 'agent' }>['connect'];

/** The library's own gives up a connection after four seconds without a request; alerts are rarer than that. */
function patient(connect: AgentConnect): Dispatcher {
  return new Agent({ connect: connect as NonNullable<Agent.Options['connect']>, keepAliveTimeout: IDLE_MS });
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
