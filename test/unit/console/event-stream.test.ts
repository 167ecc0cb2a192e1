import fc from 'fast-check';
import { expect, it } from 'vitest';
import { followEvents, type ServerEvent } from '../../../src/console/net/event-stream.ts';
import { Problem } from '../../../src/console/net/problem.ts';

interface Connection {
  readonly pieces: readonly string[];
  /** What ends it, if it does not end by itself. */
  readonly cut?: boolean;
}

/** Follows connections one after the other; what comes after the last is refused, which ends it. */
async function follow(connections: readonly Connection[]) {
  const events: ServerEvent[] = [];
  const asked: (string | undefined)[] = [];
  const live: boolean[] = [];
  const left = connections.values();
  await new Promise<void>((resolve) => {
    followEvents({
      client: {
        open: (_path, { headers = {} }) => {
          asked.push(headers['Last-Event-ID']);
          const { value } = left.next();
          return value === undefined ? Promise.reject(new Problem(401, 'no more')) : Promise.resolve(answer(value));
        },
      },
      onEvent: (event) => events.push(event),
      onLive: (isLive) => live.push(isLive),
      onUnauthorized: () => {
        resolve();
      },
    });
  });
  return { events, asked, live };
}

function answer({ pieces, cut = false }: Connection): Response {
  const left = pieces.values();
  const encoder = new TextEncoder();
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        const { value } = left.next();
        if (value !== undefined) controller.enqueue(encoder.encode(value));
        else if (cut) controller.error(new TypeError('network error'));
        else controller.close();
      },
    }),
  );
}

const RETRY = 'retry: 1\n\n';

it.each([
  ['between the name and the data', 'id: a-2\nevent: remediation\n'],
  ['in its data', 'id: a-2\nevent: remediation\ndata: {"alert":"x'],
  ['just before its end', 'id: a-2\nevent: remediation\ndata: {"alert":"x"}\n'],
  ['after its ID alone', 'id: a-2\n'],
])('a connection cut %s of an event comes back for that event', async (_where, begun) => {
  for (const cut of [true, false]) {
    const whole = 'id: a-1\nevent: guards\ndata: {}\n\n';
    const again = 'id: a-2\nevent: remediation\ndata: {"alert":"x"}\n\n';
    const { events, asked, live } = await follow([
      { pieces: [RETRY, whole, begun], cut },
      { pieces: [RETRY, again], cut },
    ]);
    expect(asked).toEqual([undefined, 'a-1', 'a-2']);
    expect(events).toEqual([
      { event: 'guards', data: '{}' },
      { event: 'remediation', data: '{"alert":"x"}' },
    ]);
    expect(live).toEqual([true, false, true, false, false]);
  }
});

it('an event that has no ID leaves the place to come back to where it was', async () => {
  const { asked } = await follow([
    { pieces: [RETRY, 'id: a-7\nevent: hello\ndata: {}\n\n', 'event: remediation\ndata: {}\n\n'] },
  ]);
  expect(asked).toEqual([undefined, 'a-7']);
});

it('reads events as the standard has them, however the stream is cut into pieces', async () => {
  const stream =
    '\ufeffid: a-1\nevent: hello\ndata: {}\n\n:\n\nevent: remediation\r\ndata: {"alert":"ü: y"}\r\n\r\n' +
    'id: a-2\ndata: one\ndata: two\n\nevent: nothing\n\n';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 40 }), async (sizes) => {
      const pieces = [];
      let rest = stream;
      for (const size of sizes) {
        pieces.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      const { events } = await follow([{ pieces: [...pieces, rest, RETRY].filter((piece) => piece !== '') }]);
      expect(events).toEqual([
        { event: 'hello', data: '{}' },
        { event: 'remediation', data: '{"alert":"ü: y"}' },
        { event: 'message', data: 'one\ntwo' },
      ]);
    }),
    { numRuns: 50 },
  );
});
