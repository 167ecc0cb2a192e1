import type { DestinationStream } from 'pino';
import type { OtelSettings } from '../config/otel.ts';
import type { Tracing } from './tracing/start-tracing.ts';

/** What is exported by OTLP. */
export interface Telemetry {
  /** Undefined: no traces are exported. */
  readonly tracing: Tracing | undefined;
  /** A second destination of the log; undefined: there is none. */
  readonly logStream: DestinationStream | undefined;
  /** Sends what is left. Never rejects: a Collector that is away must not keep a process from ending well. */
  close(): Promise<void>;
}

/** A Collector that hangs is given up on after this long. */
const CLOSE_MS = 5_000;

/** Starts the exports that the standard variables ask for, and loads nothing for the others. */
export async function startTelemetry(settings: OtelSettings, version: string): Promise<Telemetry> {
  if (settings.traces === undefined && settings.logs === undefined) {
    return { tracing: undefined, logStream: undefined, close: () => Promise.resolve() };
  }
  const [{ telemetryResource }, { startTracing }, { startLogExport }] = await Promise.all([
    import('./resource.ts'),
    import('./tracing/start-tracing.ts'),
    import('./logs/start-log-export.ts'),
  ]);
  const resource = await telemetryResource(version);
  const [tracing, logs] = await Promise.all([
    settings.traces && startTracing(settings.traces, resource),
    settings.logs && startLogExport(settings.logs, resource),
  ]);
  return {
    tracing,
    logStream: logs?.stream,
    close: async () => {
      const late = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([Promise.allSettled([tracing?.close(), logs?.close()]), late]);
    },
  };
}
