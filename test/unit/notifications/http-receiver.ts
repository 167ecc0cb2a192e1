import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A real HTTP server on a free port of 127.0.0.1 that keeps what it receives. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** What it answers from now on, or how it finds that out; 'hang up' closes the connection instead. */
  answer: Answer | 'hang up' | ((request: Received) => Answer | Promise<Answer>);
}

export async function startReceiver(answer: Receiver['answer'] = { status: 200 }): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const whole = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(whole);
      if (receiver.answer === 'hang up') {
        request.socket.destroy();
        return;
      }
      void answerTo(whole, receiver.answer).then(({ status, headers, body }) => {
        response.writeHead(status, headers).end(body);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

async function answerTo(request: Received, answer: Exclude<Receiver['answer'], 'hang up'>): Promise<Answer> {
  try {
    return typeof answer === 'function' ? await answer(request) : answer;
  } catch (error) {
    return { status: 500, body: String(error) };
  }
}
