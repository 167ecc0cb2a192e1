import type { Resource } from '@opentelemetry/resources';
import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { DestinationStream } from 'pino';
import type { OtlpProtocol } from '../../config/otel.ts';
import { toLogRecord } from './log-record.ts';

export interface LogExport {
  /** Takes the logger's JSON lines, which are redacted already. */
  readonly stream: DestinationStream;
  /** Sends what is left. */
  close(): Promise<void>;
}

/** Makes log lines go out by OTLP; where to, the standard variables say. */
export async function startLogExport(protocol: OtlpProtocol, resource: Resource): Promise<LogExport> {
  const [{ BatchLogRecordProcessor, LoggerProvider }, exporter] = await Promise.all([
    import('@opentelemetry/sdk-logs'),
    logExporter(protocol),
  ]);
  const provider = new LoggerProvider({ resource, processors: [new BatchLogRecordProcessor({ exporter })] });
  const logger = provider.getLogger('mendloop');
  return {
    stream: { write: (line) => logger.emit(toLogRecord(line)) },
    close: () => provider.shutdown(),
  };
}

async function logExporter(protocol: OtlpProtocol): Promise<LogRecordExporter> {
  switch (protocol) {
    case 'http/protobuf':
      return new (await import('@opentelemetry/exporter-logs-otlp-proto')).OTLPLogExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-logs-otlp-http')).OTLPLogExporter();
    case 'grpc':
      return new (await import('@opentelemetry/exporter-logs-otlp-grpc')).OTLPLogExporter();
  }
}
