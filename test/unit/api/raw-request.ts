import { request } from 'node:http';
import { connect } from 'node:net';

/** The status of an answer. `fetch` sets Host and Sec-Fetch-* by itself. */
export function rawGet(url: string, headers: Record<string, string>): Promise<number> {
  return rawRequest(url, { headers });
}

export function rawPost(url: string, headers: Record<string, string>, body: unknown): Promise<number> {
  return rawRequest(url, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
}

/** The status of an answer to a POST as nginx makes it by default: by HTTP/1.0, to the address it was told, and nothing else. */
export function nginxPost(url: string, body: unknown): Promise<number> {
  const { hostname, port, host, pathname } = new URL(url);
  const text = JSON.stringify(body);
  const head = [
    `POST ${pathname} HTTP/1.0`,
    `Host: ${host}`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => {
      socket.write(`${head.join('\r\n')}\r\n\r\n${text}`);
    });
    socket.once('data', (data) => {
      resolve(Number(/^HTTP\/1\.\d (\d{3})/.exec(data.toString())?.[1]));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

function rawRequest(
  url: string,
  { headers, body }: { readonly headers: Record<string, string>; readonly body?: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method: body === undefined ? 'GET' : 'POST' }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    })
      .on('error', reject)
      .end(body);
  });
}
