import type { ShippingSettings } from '../../../config/audit-schema.ts';
import type { AuditSink } from './audit-sink.ts';
import { createOtlpSink } from './otlp-sink.ts';
import { createSyslogSink } from './syslog-sink.ts';

/** The sinks of the settings. @throws Error if a TLS file cannot be read. */
export function createSinks({ sinks }: ShippingSettings): AuditSink[] {
  return Object.entries(sinks).map(([name, settings]) =>
    settings.type === 'otlp' ? createOtlpSink(name, settings) : createSyslogSink(name, settings),
  );
}
