import { createParser } from 'eventsource-parser';
import type { ApiClient } from './client.ts';
import { asProblem, type Problem } from './problem.ts';

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

export interface EventStreamOptions {
  readonly client: Pick<ApiClient, 'open'>;
  readonly onEvent: (event: ServerEvent) => void;
  /** Whether events come; while they do not, views have to ask. */
  readonly onLive: (isLive: boolean) => void;
  /** The token is not, or no longer, good. */
  readonly onUnauthorized: (problem: Problem) => void;
}

const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 30_000;
/** The server says something at least every 15 s. */
const SILENCE_MS = 40_000;

/**
 * Follows `/events`, and comes back for what it missed whenever the connection is lost. Not by `EventSource`, which can
 * send no token.
 */
export function followEvents({ client, onEvent, onLive, onUnauthorized }: EventStreamOptions): { stop: () => void } {
  const stopping = new AbortController();
  /** Of the last event that came whole: what a cut connection has begun to tell is told anew. */
  let lastId: string | undefined;
  let retryMs = FIRST_RETRY_MS;
  let failures = 0;
  const isStopped = () => stopping.signal.aborted;
  // By callbacks and not as a stream, whose reader loses what was parsed when the connection breaks.
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => {
      onEvent({ event, data });
    },
    onId: (id) => {
      lastId = id;
    },
    onRetry: (ms) => {
      retryMs = ms;
    },
  });

  async function readOnce(): Promise<void> {
    const connection = new AbortController();
    const signal = AbortSignal.any([stopping.signal, connection.signal]);
    const response = await client.open('/events', {
      signal,
      headers: { Accept: 'text/event-stream', ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }) },
    });
    parser.reset();
    failures = 0;
    onLive(true);
    const silence = watchdog(() => {
      connection.abort();
    });
    try {
      for await (const piece of piecesOf(response)) {
        silence.reset();
        parser.feed(piece);
      }
    } finally {
      silence.stop();
    }
  }

  async function follow(): Promise<void> {
    while (!isStopped()) {
      try {
        await readOnce();
      } catch (error) {
        // A refusal that was stopped half-read says nothing.
        if (isStopped()) return;
        const problem = asProblem(error);
        if (problem.status === 401) {
          onLive(false);
          onUnauthorized(problem);
          return;
        }
      }
      if (isStopped()) return;
      onLive(false);
      const base = Math.min(MAX_RETRY_MS, retryMs * 2 ** failures);
      failures = Math.min(failures + 1, 5);
      // Not all consoles at once when the server is back.
      await pause(base * (0.75 + Math.random() / 2), stopping.signal);
    }
  }

  void follow();
  return {
    stop: () => {
      stopping.abort();
    },
  };
}

async function* piecesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield decoder.decode(value, { stream: true });
  }
}

function watchdog(bark: () => void): { reset: () => void; stop: () => void } {
  let timer = setTimeout(bark, SILENCE_MS);
  return {
    reset: () => {
      clearTimeout(timer);
      timer = setTimeout(bark, SILENCE_MS);
    },
    stop: () => {
      clearTimeout(timer);
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
