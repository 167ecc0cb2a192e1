import { Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';

type Stream = ServerWritableStream<Buffer, string>;

export interface FlagdServer {
  readonly port: number;
  /** Sends flags to all that listen, and to all that will. */
  send(flags: string): void;
  stop(): void;
}

/**
 * A gRPC server with flagd's sync service. Source: flagd's `sync.proto`: `SyncFlags` streams messages whose field 1 is
 * the flag file.
 */
export async function startFlagd(flags: string, port = 0): Promise<FlagdServer> {
  const streams = new Set<Stream>();
  let latest = flags;
  const server = new Server();
  server.addService(
    {
      SyncFlags: {
        path: '/flagd.sync.v1.FlagSyncService/SyncFlags',
        requestStream: false,
        responseStream: true,
        requestSerialize: (request: Buffer) => request,
        requestDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (text: string) => field(1, text),
        responseDeserialize: (bytes: Buffer) => bytes.toString('utf8'),
      },
    },
    {
      SyncFlags: (stream: Stream) => {
        streams.add(stream.on('close', () => streams.delete(stream)));
        stream.write(latest);
      },
    },
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual);
      else reject(error);
    });
  });
  const stop = () => {
    server.forceShutdown();
  };
  onTestFinished(stop);
  return {
    port: bound,
    send: (text) => {
      latest = text;
      for (const stream of streams) stream.write(text);
    },
    stop,
  };
}

/** A length-delimited field of protobuf. */
function field(number: number, text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), bytes]);
}
