import type { TemporalServicePorts } from './ports.ts';
import { DATABASES, type TemporalDatabase } from './schema.ts';

/** How the frontend proves who it is, and by which authority it knows its clients: paths of PEM files. */
export interface FrontendTls {
  readonly certFile: string;
  readonly keyFile: string;
  /** Given: a client has to show a certificate that one of these signed. */
  readonly clientCaFiles?: readonly string[];
}

export interface ServerConfigRequest {
  readonly database: TemporalDatabase;
  readonly ports: TemporalServicePorts;
  /** Fixed for ever by the first start. */
  readonly historyShards: number;
  readonly dynamicConfigFile: string;
  readonly tls?: FrontendTls | undefined;
  /** Where the public keys are by which tokens of clients are checked, as a JSON Web Key Set. */
  readonly tokenKeysUrl?: string | undefined;
}

const HOST = '127.0.0.1';

/** Who is in the way of clients is not in the way of the server's own worker: that has a frontend of its own. */
export function servicesOf({ tls, tokenKeysUrl }: Pick<ServerConfigRequest, 'tls' | 'tokenKeysUrl'>): string[] {
  const guarded = tls !== undefined || tokenKeysUrl !== undefined;
  return ['frontend', ...(guarded ? ['internal-frontend'] : []), 'history', 'matching', 'worker'];
}

/** What `config/NAME.yaml` of the server holds: all its services in one process, on loopback. */
export function serverConfig(request: ServerConfigRequest): object {
  const { ports, historyShards, dynamicConfigFile, database, tls, tokenKeysUrl } = request;
  const rpc = (own: { grpc: number; membership: number; http?: number }) => ({
    rpc: {
      grpcPort: own.grpc,
      membershipPort: own.membership,
      bindOnIP: HOST,
      ...(own.http === undefined ? {} : { httpPort: own.http }),
    },
  });
  const isGuarded = servicesOf(request).includes('internal-frontend');
  return {
    log: { stdout: true, level: 'warn', format: 'json' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: historyShards,
      datastores: {
        default: { sql: sqlOf(database, DATABASES.default) },
        visibility: { sql: sqlOf(database, DATABASES.visibility) },
      },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: HOST },
      ...(tls === undefined ? {} : { tls: { frontend: { server: tlsOf(tls) } } }),
      ...(tokenKeysUrl === undefined ? {} : { authorization: authorizationBy(tokenKeysUrl) }),
    },
    services: {
      frontend: rpc(ports.frontend),
      ...(isGuarded ? { 'internal-frontend': rpc(ports.internalFrontend) } : {}),
      history: rpc(ports.history),
      matching: rpc(ports.matching),
      worker: rpc(ports.worker),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          ...{ enabled: true, initialFailoverVersion: 1 },
          ...{ rpcName: 'frontend', rpcAddress: `${HOST}:${ports.frontend.grpc}` },
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    ...(isGuarded ? {} : { publicClient: { hostPort: `${HOST}:${ports.frontend.grpc}` } }),
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '10s' },
  };
}

function sqlOf({ host, port, user, password }: TemporalDatabase, databaseName: string): object {
  return {
    pluginName: 'postgres12',
    databaseName,
    ...{ connectAddr: `${host}:${port}`, connectProtocol: 'tcp', user, password },
    ...{ maxConns: 20, maxIdleConns: 20, maxConnLifetime: '1h' },
  };
}

function tlsOf({ certFile, keyFile, clientCaFiles = [] }: FrontendTls): object {
  return { certFile, keyFile, requireClientAuth: clientCaFiles.length > 0, clientCaFiles };
}

function authorizationBy(url: string): object {
  return {
    jwtKeyProvider: { keySourceURIs: [url], refreshInterval: '1m' },
    ...{ permissionsClaimName: 'permissions', authorizer: 'default', claimMapper: 'default' },
  };
}
