import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below Linux's and macOS's ephemeral ports, so that no outgoing connection takes a port between look and use. */
const firstPort = 16_000;
const endPort = 32_000;

const handedOut = new Set<number>();

/**
 * A TCP port on 127.0.0.1 that nothing listens on. Drawn at random, so that test workers running side by side hardly
 * ever draw the same; never given twice by one process. The port is not reserved: a start that still meets
 * "address already in use" is to be tried once more with fresh ports.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(firstPort, endPort);
    if (handedOut.has(port)) continue;
    if (await canListen(port)) {
      handedOut.add(port);
      return port;
    }
  }
  throw new Error(`no free port found between ${firstPort} and ${endPort} on 127.0.0.1`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
