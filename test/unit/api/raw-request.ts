import { request } from 'node:http';

/** The status of an answer. `fetch` sets Host and Sec-Fetch-* by itself. */
export function rawGet(url: string, headers: Record<string, string>): Promise<number> {
  return rawRequest(url, { headers });
}

export function rawPost(url: string, headers: Record<string, string>, body: unknown): Promise<number> {
  return rawRequest(url, { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
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
