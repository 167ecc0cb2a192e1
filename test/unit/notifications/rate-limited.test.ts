import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivery, NotificationChannel } from '../../../src/clients/notifications/notification-channel.ts';
import { rateLimited } from '../../../src/clients/notifications/rate/rate-limited.ts';
import { MendloopError } from '../../../src/domain/failures.ts';
import { MAX_DIGEST } from '../../../src/domain/notice/notice-digest.ts';
import type { RemediationNotice } from '../../../src/domain/notice/notification.ts';
import { aNotice } from './notices.ts';

/** A channel that keeps what it sends; a digest as a list. */
class FakeChannel implements NotificationChannel {
  readonly name = 'chat';
  readonly type = 'fake';
  readonly sent: (string | string[])[] = [];
  readonly keys: string[] = [];
  failure: Error | undefined;

  readonly accepts = () => true;
  readonly send = (notice: RemediationNotice, { idempotencyKey }: Delivery) =>
    this.#keep(notice.summary, idempotencyKey);
  readonly sendDigest? = (notices: readonly RemediationNotice[], { idempotencyKey }: Delivery) =>
    this.#keep(
      notices.map(({ summary }) => summary),
      idempotencyKey,
    );
  readonly close = vi.fn(() => Promise.resolve());

  #keep(message: string | string[], key: string): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    this.sent.push(message);
    this.keys.push(key);
    return Promise.resolve();
  }
}

class OneByOne extends FakeChannel {
  override readonly sendDigest = undefined as never;
}

const SECOND = 1000;

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const cure = (summary: string) => aNotice({ kind: 'remediated', summary });
const delivery = (idempotencyKey: string, signal?: AbortSignal): Delivery => ({
  idempotencyKey,
  since: Date.now(),
  ...(signal === undefined ? {} : { signal }),
});

/** Sends, and keeps what became of it. */
function send(channel: NotificationChannel, summary: string, signal?: AbortSignal) {
  const state: { outcome: 'waiting' | 'sent' | { type?: string; retryAfterMs?: number } } = { outcome: 'waiting' };
  const promise = channel.send(cure(summary), delivery(summary, signal)).then(
    () => (state.outcome = 'sent'),
    (error: unknown) => (state.outcome = error as { type?: string }),
  );
  return Object.assign(state, { promise });
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a channel with a rate limit', () => {
  it('sends at once up to its rate, and gathers the rest in one digest', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 6);
    const first = ['1', '2', '3', '4', '5', '6'].map((summary) => send(channel, summary));
    const rest = ['7', '8', '9'].map((summary) => send(channel, summary));
    await settle();
    expect(inner.sent).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(first.map(({ outcome }) => outcome)).toEqual(Array(6).fill('sent'));
    expect(rest.map(({ outcome }) => outcome)).toEqual(['waiting', 'waiting', 'waiting']);

    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(inner.sent.slice(6)).toEqual([['7', '8', '9']]);
    expect(rest.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
    expect(new Set(inner.keys).size).toBe(7);

    // After a pause, as at the beginning.
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    send(channel, '10');
    await settle();
    expect(inner.sent.at(-1)).toBe('10');
  });

  it('never holds a failure or a question back', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 1);
    send(channel, 'cure 1');
    send(channel, 'cure 2');
    for (let index = 0; index < 50; index += 1) {
      await channel.send(aNotice({ kind: 'escalated', summary: `failure ${index}` }), delivery(`failure ${index}`));
    }
    await channel.send(aNotice({ kind: 'approval_requested', summary: 'may I?' }), delivery('question'));
    expect(inner.sent.at(-1)).toBe('may I?');
    expect(inner.sent).toHaveLength(52);
    expect(inner.sent).not.toContain('cure 2');
  });

  it('sends away what would wait too long, and gathers it when it comes back', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 1);
    send(channel, '1');
    const held = ['2', '3', '4'].map((summary) => send(channel, summary));
    await settle();
    expect(inner.sent).toEqual(['1']);
    for (const { outcome } of held) {
      expect(outcome).toMatchObject({ type: 'NotificationHeld', retryAfterMs: 60 * SECOND });
    }

    await vi.advanceTimersByTimeAsync(60 * SECOND);
    const back = ['2', '3', '4'].map((summary) => send(channel, summary));
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect(inner.sent).toEqual(['1', ['2', '3', '4']]);
    expect(back.map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
  });

  it('loses nothing in a storm, and keeps to its rate', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 4);
    const all = Array.from({ length: 250 }, (_, index) => `notice ${index}`);
    const done: string[] = [];
    // As Temporal does: again after what the failure asks for.
    async function untilSent(summary: string): Promise<void> {
      for (;;) {
        const attempt = send(channel, summary);
        await attempt.promise;
        if (attempt.outcome === 'sent') break;
        const { outcome } = attempt;
        const wait = typeof outcome === 'object' ? (outcome.retryAfterMs ?? 0) : 0;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      done.push(summary);
    }
    const sending = Promise.all(all.map(untilSent));
    await vi.advanceTimersByTimeAsync(5 * 60 * SECOND);
    await sending;
    expect(done.toSorted()).toEqual(all.toSorted());
    expect(inner.sent.flat().toSorted()).toEqual(all.toSorted());
    expect(inner.sent.length).toBeLessThanOrEqual(4 + 5 * 4);
    expect(Math.max(...inner.sent.map((message) => [message].flat().length))).toBeLessThanOrEqual(MAX_DIGEST);
  });

  it('forgets a notice that another worker has taken', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 1);
    send(channel, '1');
    const gone = send(channel, '2');
    await settle();
    expect(gone.outcome).toMatchObject({ type: 'NotificationHeld' });
    await vi.advanceTimersByTimeAsync(200 * SECOND);
    send(channel, '3');
    await settle();
    expect(inner.sent).toEqual(['1', '3']);
  });

  it('tells everybody in a digest that it failed, each to try again', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 6);
    for (let index = 0; index < 6; index += 1) send(channel, `${index}`);
    const held = ['a', 'b'].map((summary) => send(channel, summary));
    inner.failure = new MendloopError('NotificationFailed', 'down');
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    for (const { outcome } of held) expect(outcome).toMatchObject({ type: 'NotificationFailed', message: 'down' });
  });

  it('lets go of a notice whose attempt is cancelled', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 6);
    for (let index = 0; index < 6; index += 1) send(channel, `${index}`);
    const controller = new AbortController();
    const cancelled = send(channel, 'cancelled', controller.signal);
    const kept = send(channel, 'kept');
    await settle();
    controller.abort(new Error('cancelled'));
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(cancelled.outcome).toMatchObject({ message: 'cancelled' });
    expect(kept.outcome).toBe('sent');
    expect(inner.sent.at(-1)).toBe('kept');
  });

  it('sends one by one where there are no digests', async () => {
    const inner = new OneByOne();
    const channel = rateLimited(inner, 12);
    for (let index = 0; index < 12; index += 1) send(channel, `${index}`);
    const held = ['a', 'b'].map((summary) => send(channel, summary));
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inner.sent.slice(12)).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(inner.sent.slice(12)).toEqual(['a', 'b']);
    expect(held.map(({ outcome }) => outcome)).toEqual(['sent', 'sent']);
  });

  it('sends away what waits when it is closed, so that another worker gets it', async () => {
    const inner = new FakeChannel();
    const channel = rateLimited(inner, 6);
    for (let index = 0; index < 6; index += 1) send(channel, `${index}`);
    const held = send(channel, 'held');
    await settle();
    await channel.close();
    await settle();
    expect(held.outcome).toMatchObject({ type: 'NotificationHeld' });
    expect(inner.close).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });
});
