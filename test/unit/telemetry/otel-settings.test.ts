import { describe, expect, it } from 'vitest';
import { otelSettings } from '../../../src/config/otel.ts';

const off = { traces: undefined, logs: undefined, ignored: [] };

describe("OpenTelemetry's standard variables", () => {
  it.each([
    ['nothing is set', {}, off],
    ['an empty endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, off],
    ['metrics only', { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c:4318/v1/metrics' }, off],
    ['all is disabled', { OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, off],
    [
      'both exporters are none',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' },
      off,
    ],
  ])('export nothing when %s', (_when, env, expected) => {
    expect(otelSettings(env)).toEqual(expected);
  });

  it('export both signals to a common endpoint, by protobuf unless they say otherwise', () => {
    const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://c:4318';
    expect(otelSettings({ OTEL_EXPORTER_OTLP_ENDPOINT })).toEqual({
      traces: 'http/protobuf',
      logs: 'http/protobuf',
      ignored: [],
    });
    expect(
      otelSettings({
        OTEL_EXPORTER_OTLP_ENDPOINT,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
      }),
    ).toEqual({ traces: 'grpc', logs: 'http/json', ignored: [] });
  });

  it('export one signal alone', () => {
    expect(otelSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/v1/traces' })).toMatchObject({
      traces: 'http/protobuf',
      logs: undefined,
    });
    expect(otelSettings({ OTEL_LOGS_EXPORTER: 'otlp' })).toMatchObject({ traces: undefined, logs: 'http/protobuf' });
  });

  it('are named where a value is not known here, and the rest holds', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'smoke',
      OTEL_TRACES_EXPORTER: 'zipkin,otlp',
    };
    const { traces, ignored } = otelSettings(env);
    expect(traces).toBe('http/protobuf');
    expect(new Set(ignored)).toEqual(new Set(['OTEL_TRACES_EXPORTER=zipkin', 'OTEL_EXPORTER_OTLP_PROTOCOL=smoke']));
  });
});
