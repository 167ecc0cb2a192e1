/** The wire formats of OTLP. */
const otlpProtocols = ['http/protobuf', 'http/json', 'grpc'] as const;
export type OtlpProtocol = (typeof otlpProtocols)[number];

/** What OpenTelemetry's standard variables ask for. Endpoints, headers, TLS and limits are read by its own packages. */
export interface OtelSettings {
  /** Undefined: traces are neither made nor sent. */
  readonly traces: OtlpProtocol | undefined;
  /** Undefined: logs go to standard output only. */
  readonly logs: OtlpProtocol | undefined;
  /** Values that are not known here and were left out of account, for a warning. */
  readonly ignored: readonly string[];
}

type Signal = 'TRACES' | 'LOGS';
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Off without an endpoint: the specification's default, a Collector on this very host, is there for nobody who did not
 * set it up. `OTEL_TRACES_EXPORTER=otlp` or `OTEL_LOGS_EXPORTER=otlp` asks for that default by name.
 * Source: OpenTelemetry specification, "Environment Variable Specification" and "OTLP Exporter".
 */
export function otelSettings(env: Environment = process.env): OtelSettings {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true')
    return { traces: undefined, logs: undefined, ignored: [] };
  const ignored: string[] = [];
  return { traces: protocolOf('TRACES', env, ignored), logs: protocolOf('LOGS', env, ignored), ignored };
}

function protocolOf(signal: Signal, env: Environment, ignored: string[]): OtlpProtocol | undefined {
  if (!isWanted(signal, env, ignored)) return undefined;
  for (const name of [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, 'OTEL_EXPORTER_OTLP_PROTOCOL']) {
    const value = read(env, name);
    const protocol = otlpProtocols.find((known) => known === value);
    if (protocol !== undefined) return protocol;
    if (value !== undefined) ignored.push(`${name}=${value}`);
  }
  return 'http/protobuf';
}

function isWanted(signal: Signal, env: Environment, ignored: string[]): boolean {
  const name = `OTEL_${signal}_EXPORTER`;
  const exporters = (read(env, name) ?? '').split(',').flatMap((part) => part.trim() || []);
  const unknown = exporters.filter((exporter) => !['otlp', 'none'].includes(exporter));
  ignored.push(...unknown.map((exporter) => `${name}=${exporter}`));
  if (exporters.length > 0) return exporters.includes('otlp');
  return [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some(
    (variable) => read(env, variable) !== undefined,
  );
}

/** An empty variable counts as none. */
function read(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
