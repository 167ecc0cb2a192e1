import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SinkFailure } from '../../../src/store/audit/shipping/audit-sink.ts';
import { createSinks } from '../../../src/store/audit/shipping/create-sinks.ts';
import { auditSchema } from '../../../src/config/audit-schema.ts';
import { toAuditRow } from '../../../src/domain/audit/audit-record.ts';
import { toCef } from '../../../src/domain/audit/formats/cef.ts';
import { toOtlpLogs } from '../../../src/domain/audit/formats/otlp.ts';
import { selfSigned } from '../../support/certificates.ts';
import { type Answer, startReceiver } from '../notifications/http-receiver.ts';
import { scratchFolder } from '../stack/scratch.ts';
import { anEntry, LogBuilder } from './log-builder.ts';
import { startSyslogServer, type SyslogBehaviour } from './syslog-server.ts';

const rows = new LogBuilder()
  .append(anEntry({ data: { text: 'Größe 😀\n', password: 'hunter2' } }))
  .entries(2)
  .rows.map(toAuditRow);

const never = new AbortController().signal;

function sink(settings: Record<string, unknown>) {
  const { shipping } = auditSchema.parse({ shipping: { sinks: { siem: settings } } });
  return createSinks(shipping)[0]!;
}

describe('the OTLP sink', () => {
  const otlp = (url: string, endpoint: object = {}) =>
    sink({ type: 'otlp', endpoint: { url, ...endpoint }, resource: { 'deployment.environment.name': 'test' } });

  it('posts one export request to the receiver', async () => {
    await using receiver = await startReceiver();
    receiver.answer = { status: 200, body: '{"partialSuccess":{}}' };
    const otlpSink = otlp(receiver.url, { headers: { 'x-tenant': 'shop' } });
    await otlpSink.send(rows, never);
    await otlpSink.close();
    expect(receiver.received).toHaveLength(1);
    const [request] = receiver.received;
    expect(request).toMatchObject({
      method: 'POST',
      url: '/v1/logs',
      headers: { 'content-type': 'application/json', 'x-tenant': 'shop' },
    });
    expect(JSON.parse(request!.body)).toEqual(
      toOtlpLogs(rows, { 'service.name': 'mendloop', 'deployment.environment.name': 'test' }),
    );
  });

  it('keeps the path of the URL where there is one', async () => {
    await using receiver = await startReceiver();
    const otlpSink = otlp(`${receiver.url}/otlp/v1/logs`);
    await otlpSink.send(rows, never);
    await otlpSink.close();
    expect(receiver.received[0]?.url).toBe('/otlp/v1/logs');
  });

  it.each<[Answer | 'hang up', RegExp, number | undefined]>([
    [{ status: 400, body: 'hunter2' }, /answered 400$/, undefined],
    [{ status: 401 }, /answered 401$/, undefined],
    [{ status: 429, headers: { 'retry-after': '7' } }, /answered 429$/, 7000],
    [{ status: 503 }, /answered 503$/, undefined],
    [
      { status: 200, body: '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"hunter2"}}' },
      /2 of 3/,
      undefined,
    ],
    ['hang up', /gave no answer/, undefined],
  ])('has not delivered when the receiver answers %j', async (answer, message, retryAfterMs) => {
    await using receiver = await startReceiver();
    receiver.answer = answer;
    const otlpSink = otlp(receiver.url);
    const error: unknown = await otlpSink.send(rows, never).catch((error: unknown) => error);
    await otlpSink.close();
    expect(error).toBeInstanceOf(SinkFailure);
    expect(error).toMatchObject({ message: expect.stringMatching(message) as string, retryAfterMs });
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('the syslog sink', () => {
  async function syslog(server: { port: number; cert: string }, settings: object = {}, tls: object = {}) {
    const caFile = join(await scratchFolder(), 'ca.pem');
    await writeFile(caFile, server.cert);
    const trust = { caFile, serverName: 'syslog.test', ...tls };
    return sink({ type: 'syslog', host: '127.0.0.1', port: server.port, tls: trust, ...settings });
  }

  it('sends each row as one message, and knows that they were read', async () => {
    await using server = await startSyslogServer();
    const syslogSink = await syslog(server);
    await syslogSink.send(rows, never);
    expect(server.messages).toHaveLength(3);
    for (const [place, message] of server.messages.entries()) {
      const [, header = '', json = ''] = /^(<\d+>1 .*?\]) (\{.*)$/.exec(message) ?? [];
      expect(header).toMatch(/^<109>1 \S+Z \S+ mendloop - effect_done \[mendloop@32473 seq="\d" /);
      expect(JSON.parse(json)).toEqual({ v: 1, ...rows[place] });
      expect(message).toMatch(/^[\x20-\x7e]+$/);
    }
    expect(server.messages.join('')).not.toContain('hunter2');
  });

  it('sends CEF where it is told to', async () => {
    await using server = await startSyslogServer();
    const syslogSink = await syslog(server, { format: 'cef', enterpriseId: 64_000 });
    await syslogSink.send(rows, never);
    expect(server.messages[0]).toContain(`[mendloop@64000 `);
    expect(server.messages[0]).toContain(`] ${toCef(rows[0]!)}`);
  });

  it.each<SyslogBehaviour>(['crash', 'hang'])(
    'has not delivered to receivers that %s',
    async (how) => {
      await using server = await startSyslogServer();
      server.behaviour = how;
      // More than the buffers between the two hold: then it cannot have been sent when the receiver dies.
      const large = Array.from({ length: 60 }, () => ({ ...rows[0]!, data: { text: 'x'.repeat(250_000) } }));
      const syslogSink = await syslog(server, { timeoutSeconds: 2 });
      await expect(syslogSink.send(large, never)).rejects.toBeInstanceOf(SinkFailure);
      expect(server.messages).toEqual([]);
      server.behaviour = 'polite';
      await syslogSink.send(rows, never);
      expect(server.messages).toHaveLength(3);
    },
    30_000,
  );

  it('says nothing to a receiver whose certificate it does not trust, or that is another', async () => {
    await using server = await startSyslogServer();
    const stranger = selfSigned('syslog.test');
    const untrusting = await syslog({ port: server.port, cert: stranger.cert });
    await expect(untrusting.send(rows, never)).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT|CERT_SIGNATURE_FAILURE/);
    const elsewhere = await syslog(server, {}, { serverName: 'other.test' });
    await expect(elsewhere.send(rows, never)).rejects.toThrow(/ERR_TLS_CERT_ALTNAME_INVALID/);
    expect(server.messages).toEqual([]);
  });

  it('stops at once when it is told to', async () => {
    await using server = await startSyslogServer();
    server.behaviour = 'hang';
    const stopping = new AbortController();
    const sending = (await syslog(server, { timeoutSeconds: 300 })).send(rows, stopping.signal);
    const rejected = expect(sending).rejects.toThrow('enough');
    await expect.poll(() => server.connections).toBe(1);
    stopping.abort(new Error('enough'));
    await rejected;
  });
});
