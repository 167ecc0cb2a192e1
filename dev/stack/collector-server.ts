import { mkdir } from 'node:fs/promises';
import { freePort } from '../../src/local/process/free-port.ts';
import type { ManagedProcess } from '../../src/local/process/managed-process.ts';
import type { Stoppable } from '../../src/local/process/stop-on-signals.ts';
import { Supervisor, retryOnTakenPort } from '../../src/local/process/supervisor.ts';

export interface CollectorOptions {
  binary: { path: string };
  /** Holds the log; made when missing, kept on stop. */
  dataDir: string;
  /** Files in the order in which they are merged. They take `OTLP_GRPC_ENDPOINT`, `OTLP_HTTP_ENDPOINT` and `HEALTH_ENDPOINT`. */
  configFiles: readonly string[];
  /** What the files ask for beside that. */
  env?: Record<string, string>;
}

export interface CollectorServer extends Stoppable {
  /** Takes OTLP over HTTP; what `OTEL_EXPORTER_OTLP_ENDPOINT` wants. */
  httpUrl: string;
  /** Takes OTLP over gRPC. */
  grpcUrl: string;
  process: ManagedProcess;
}

/**
 * Starts an OpenTelemetry Collector on 127.0.0.1. Settles when its health check says that it serves. Rejects with
 * `ProcessExited` or `WaitTimeout`, the server stopped, when it does not.
 */
export async function startCollector(options: CollectorOptions): Promise<CollectorServer> {
  await mkdir(options.dataDir, { recursive: true });
  return retryOnTakenPort(() => startOnce(options));
}

async function startOnce({ binary, dataDir, configFiles, env = {} }: CollectorOptions): Promise<CollectorServer> {
  const [http, grpc, health] = [await freePort(), await freePort(), await freePort()];
  const supervisor = new Supervisor({ logDir: dataDir });
  const process = await supervisor.start({
    name: 'otelcol',
    command: binary.path,
    args: configFiles.flatMap((file) => ['--config', file]),
    env: {
      OTLP_HTTP_ENDPOINT: `127.0.0.1:${http}`,
      OTLP_GRPC_ENDPOINT: `127.0.0.1:${grpc}`,
      HEALTH_ENDPOINT: `127.0.0.1:${health}`,
      ...env,
    },
    ready: async () => (await fetch(`http://127.0.0.1:${health}/`)).ok,
  });
  return {
    httpUrl: `http://127.0.0.1:${http}`,
    grpcUrl: `http://127.0.0.1:${grpc}`,
    process,
    stop: () => supervisor.stop(),
  };
}
