import { expect, it } from 'vitest';
import { WaitTimeout, waitFor } from '../../../src/local/process/wait-for.ts';

const never = () => new Promise<boolean>(() => undefined);

it('a server that accepts and never answers is given up on in time, as one that is not there', async () => {
  await expect(waitFor(never, { what: 'an answer', timeoutMs: 50 })).rejects.toThrow(WaitTimeout);
});

it('one that has ended meanwhile is not waited for any longer', async () => {
  const ended = new AbortController();
  const waiting = waitFor(never, { what: 'an answer', timeoutMs: 60_000, signal: ended.signal });
  ended.abort(new Error('it has ended'));
  await expect(waiting).rejects.toThrow('it has ended');
});
