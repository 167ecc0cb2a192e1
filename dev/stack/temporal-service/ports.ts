import { freePort } from '../../../src/local/process/free-port.ts';

/** Of each of the server's services: gRPC for its peers and clients, and gossip among its peers. */
export interface ServicePorts {
  readonly grpc: number;
  readonly membership: number;
}

export interface TemporalServicePorts {
  readonly frontend: ServicePorts & { readonly http: number };
  /** For the server's own worker, which needs no certificate and no token there. */
  readonly internalFrontend: ServicePorts & { readonly http: number };
  readonly history: ServicePorts;
  readonly matching: ServicePorts;
  readonly worker: ServicePorts;
}

export async function freeServicePorts(): Promise<TemporalServicePorts> {
  const pair = async (): Promise<ServicePorts> => ({ grpc: await freePort(), membership: await freePort() });
  return {
    frontend: { ...(await pair()), http: await freePort() },
    internalFrontend: { ...(await pair()), http: await freePort() },
    history: await pair(),
    matching: await pair(),
    worker: await pair(),
  };
}
