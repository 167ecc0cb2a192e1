import type { OtlpSinkSettings } from '../../../config/audit-schema.ts';
import { toOtlpLogs } from '../../../domain/audit/formats/otlp.ts';
import { createHttpEndpoint } from '../../../clients/http/http-endpoint.ts';
import { HttpFailure } from '../../../clients/http/http-failure.ts';
import { type AuditSink, SinkFailure } from './audit-sink.ts';

/** As much of `ExportLogsServiceResponse` as tells whether everything was taken. */
interface ExportResponse {
  readonly partialSuccess?: { readonly rejectedLogRecords?: string | number };
}

/**
 * Sends rows as OpenTelemetry logs by OTLP over HTTP in JSON. A partial success counts as a failure: the specification
 * would have the rest dropped, which an audit log does not do. Source: OTLP 1.x, "OTLP/HTTP".
 */
export function createOtlpSink(name: string, settings: OtlpSinkSettings): AuditSink {
  const http = createHttpEndpoint(settings.endpoint);
  // As with OTEL_EXPORTER_OTLP_ENDPOINT: a URL without a path is the receiver, one with a path is the very place.
  const path = new URL(settings.endpoint.url).pathname === '/' ? '/v1/logs' : '';
  const resource = { 'service.name': 'mendloop', ...settings.resource };
  return {
    name,
    async send(rows, signal) {
      const body = JSON.stringify(toOtlpLogs(rows, resource));
      const response = await http
        .request({ method: 'POST', path, body, headers: { 'content-type': 'application/json' }, signal })
        .catch((error: unknown) => {
          throw error instanceof HttpFailure ? new SinkFailure(error.message) : error;
        });
      if (response.status < 200 || response.status > 299) {
        throw new SinkFailure(`${http.name} answered ${response.status}`, response.retryAfterMs);
      }
      const rejected = rejectedRecords(response.text);
      if (rejected > 0) throw new SinkFailure(`${http.name} rejected ${rejected} of ${rows.length} log records`);
    },
    close: () => http.close(),
  };
}

function rejectedRecords(text: string): number {
  try {
    const response = JSON.parse(text) as ExportResponse | null;
    return Number(response?.partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    return 0; // An empty body, or none in JSON: the status says all.
  }
}
