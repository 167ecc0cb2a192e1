import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { connect, type ConnectionOptions } from 'node:tls';
import type { SyslogSinkSettings } from '../../../config/audit-schema.ts';
import type { AuditRow } from '../../../domain/audit/audit-entry.ts';
import { asciiJson, formatRow } from '../../../domain/audit/formats/format-row.ts';
import { toSyslog, toSyslogFrame } from '../../../domain/audit/formats/syslog.ts';
import { type AuditSink, SinkFailure } from './audit-sink.ts';

/**
 * Sends rows as syslog messages over TLS. Syslog has no acknowledgement, and what was written to a socket may be lost with
 * it. So each batch has a connection of its own, which we end; the receiver answers with its own end after it has read
 * everything before ours. Only then has the batch arrived. Source: RFC 5425, sections 4.3 (octet counting) and 4.4.
 *
 * @throws Error if the TLS files cannot be read.
 */
export function createSyslogSink(name: string, settings: SyslogSinkSettings): AuditSink {
  const place = `${settings.host}:${settings.port}`;
  tlsOptions(settings); // Read anew for each connection; here, to fail early.
  return {
    name,
    async send(rows, signal) {
      const frames = Buffer.concat(rows.map((row) => toSyslogFrame(toMessage(row, settings))));
      const timeout = AbortSignal.timeout(settings.timeoutSeconds * 1000);
      try {
        await deliver(frames, settings, AbortSignal.any([timeout, signal]));
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new SinkFailure(`${place} did not take the messages: ${timeout.aborted ? 'time ran out' : why(error)}`);
      }
    },
    close: () => Promise.resolve(),
  };
}

function toMessage(row: AuditRow, { format, enterpriseId }: SyslogSinkSettings): string {
  const text = formatRow(row, format);
  const message = format === 'cef' ? text : asciiJson(text);
  return toSyslog(row, { hostname: hostname(), enterpriseId, message });
}

async function deliver(frames: Buffer, settings: SyslogSinkSettings, signal: AbortSignal): Promise<void> {
  const socket = connect(tlsOptions(settings));
  const abort = () => socket.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await new Promise<void>((resolve, reject) => {
      let receiverEnded = false;
      socket
        .on('error', reject)
        .on('secureConnect', () => socket.end(frames))
        // Whatever a receiver says is no syslog; read, so that its end is seen.
        .on('data', () => undefined)
        .on('end', () => {
          // An end before ours says nothing about what it has read.
          receiverEnded = socket.writableFinished;
        })
        .on('close', (hadError) => {
          if (receiverEnded && !hadError) resolve();
          else reject(new Error('the connection ended too early'));
        });
    });
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

function tlsOptions({ host, port, tls }: SyslogSinkSettings): ConnectionOptions {
  const file = (name: string, path: string | undefined) => (path === undefined ? {} : { [name]: readFileSync(path) });
  return {
    host,
    port,
    ...file('ca', tls.caFile),
    ...file('cert', tls.certFile),
    ...file('key', tls.keyFile),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    minVersion: 'TLSv1.2',
  };
}

/** Codes of Node's errors; they hold no data. */
function why(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
