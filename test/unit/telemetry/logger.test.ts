import { trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MendloopError } from '../../../src/domain/failures.ts';
import { withLogContext } from '../../../src/telemetry/log-context.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { toLogRecord } from '../../../src/telemetry/logs/log-record.ts';
import { type RecordedSpans, recordSpans } from '../../support/recorded-spans.ts';

function capture() {
  const lines: string[] = [];
  const copies: string[] = [];
  const logger = createLogger(
    { level: 'debug' },
    { destination: { write: (line) => lines.push(line) }, copy: { write: (line) => copies.push(line) } },
  );
  return { logger, lines, copies, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

let recorded: RecordedSpans;
beforeEach(() => {
  recorded = recordSpans();
});
afterEach(() => recorded.stop());

describe('a log line', () => {
  it('names the workflow and the trace that it belongs to', async () => {
    const { logger, parsed } = capture();
    const { traceId } = await recorded.inSpan('work', () =>
      withLogContext(
        { workflowId: 'remediation/default/A/0123456789abcdef/1', activityType: 'decide', attempt: 2 },
        () => {
          logger.info('deciding');
          return Promise.resolve();
        },
      ),
    );
    logger.info('idle');
    expect(parsed()[0]).toMatchObject({
      workflowId: 'remediation/default/A/0123456789abcdef/1',
      activityType: 'decide',
      attempt: 2,
      trace_id: traceId,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      msg: 'deciding',
    });
    expect(Object.keys(parsed()[1] ?? {})).not.toContain('trace_id');
    expect(Object.keys(parsed()[1] ?? {})).not.toContain('workflowId');
  });

  it('has no stack where a part outside is not there, and one where something was not foreseen', () => {
    const { logger, parsed } = capture();
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:9090'), { code: 'ECONNREFUSED' });
    const away = new MendloopError('PrometheusUnavailable', 'prometheus does not answer', { cause: refused });
    logger.warn({ err: away }, 'away');
    logger.error({ err: new MendloopError('Internal', 'a bug') }, 'bug');
    logger.error({ err: new TypeError('another') }, 'bug');
    const [first, ...bugs] = parsed();
    expect(first?.['err']).toEqual({
      name: 'PrometheusUnavailable',
      message: 'prometheus does not answer',
      cause: { name: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:9090', code: 'ECONNREFUSED' },
    });
    for (const { err } of bugs) expect(err).toHaveProperty('stack');
  });

  it('is the same, redacted, wherever it is copied to', () => {
    const { logger, lines, copies } = capture();
    logger.warn({ apiKey: 'hunter2', err: new Error('Bearer s3cr3t-t0ken refused') }, 'failed');
    expect(copies).toEqual(lines);
    expect(lines.join()).not.toMatch(/hunter2|s3cr3t/);
  });

  it('becomes a record with its own time, severity, fields and trace', async () => {
    const { logger, lines } = capture();
    const { traceId } = await recorded.inSpan('work', () => {
      logger.error({ remediation: 'r' }, 'lost');
      return Promise.resolve();
    });
    const record = toLogRecord(lines[0] ?? '');
    expect(record).toMatchObject({
      severityNumber: SeverityNumber.ERROR,
      severityText: 'ERROR',
      body: 'lost',
      attributes: { remediation: 'r' },
    });
    expect(record.timestamp).toBeInstanceOf(Date);
    expect(record.context && trace.getSpanContext(record.context)?.traceId).toBe(traceId);
  });
});
