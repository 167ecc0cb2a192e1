import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** A TCP port of 127.0.0.1, or a Unix socket: sockets are files, and lead from one network into another. */
export type Place = { readonly port: number } | { readonly path: string };

/** Passes on each connection; gives what ends that. A port of 0 is a free one. */
export async function relay(from: Place, to: Place): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const at = (place: Place) => ('port' in place ? { host: '127.0.0.1', ...place } : place);
  const open = new Set<{ destroy(): void }>();
  const server = createServer((near) => {
    const far = connect(at(to));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await once(server.listen(at(from)), 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: async () => {
      server.close();
      for (const one of open) one.destroy();
      await once(server, 'close');
    },
  };
}
