import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Issues tokens as an identity provider does, and shows the key by which they are checked. */
export interface TokenIssuer {
  /** A JSON Web Key Set. */
  readonly keysUrl: string;
  /** A JSON Web Token for ten minutes, with what Temporal reads of it: `namespace:role`. Signed with ES256. */
  token(permissions: readonly string[]): string;
  stop(): Promise<void>;
}

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = 'test';
  const keys = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' }] };
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(keys));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    keysUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    token: (permissions) => {
      const now = Math.floor(Date.now() / 1000);
      const claims = { sub: 'mendloop', permissions, iat: now, exp: now + 600 };
      const body = `${part({ alg: 'ES256', typ: 'JWT', kid })}.${part(claims)}`;
      const signature = sign('sha256', Buffer.from(body), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${body}.${signature.toString('base64url')}`;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
