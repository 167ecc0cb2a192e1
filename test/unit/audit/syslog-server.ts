import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { selfSigned } from '../../support/certificates.ts';

/** How the receiver behaves to a connection. */
export type SyslogBehaviour =
  /** Reads to the end, then says goodbye. */
  | 'polite'
  /** Dies at the first bytes that arrive. */
  | 'crash'
  /** Reads, and never says goodbye. */
  | 'hang';

export interface SyslogServer extends AsyncDisposable {
  readonly port: number;
  /** The certificate that it shows, in PEM form. */
  readonly cert: string;
  /** Whole messages, by octet counting, of connections that ended well. */
  readonly messages: string[];
  readonly connections: number;
  behaviour: SyslogBehaviour;
}

/** A receiver of syslog over TLS on a free port of 127.0.0.1, for the host name `syslog.test`. */
export async function startSyslogServer(): Promise<SyslogServer> {
  const { cert, key } = selfSigned('syslog.test');
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ cert, key, allowHalfOpen: true }, (socket: TLSSocket) => {
    connections += 1;
    const chunks: Buffer[] = [];
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      if (syslog.behaviour === 'crash') socket.destroy();
      else chunks.push(chunk);
    });
    socket.on('end', () => {
      if (syslog.behaviour !== 'polite') return;
      messages.push(...readFrames(Buffer.concat(chunks)));
      socket.end();
    });
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const syslog: SyslogServer = {
    port: (server.address() as AddressInfo).port,
    cert,
    messages,
    get connections() {
      return connections;
    },
    behaviour: 'polite',
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return syslog;
}

/** Source: RFC 5425, section 4.3. Throws where the bytes are not whole frames. */
function readFrames(bytes: Buffer): string[] {
  const frames: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const [prefix, length] = /^([1-9]\d*) /.exec(bytes.toString('latin1', at, at + 12)) ?? [];
    if (prefix === undefined) throw new Error(`no frame at ${at}`);
    const start = at + prefix.length;
    const end = start + Number(length);
    if (end > bytes.length) throw new Error(`the frame at ${at} is cut off`);
    frames.push(bytes.toString('utf8', start, end));
    at = end;
  }
  return frames;
}
