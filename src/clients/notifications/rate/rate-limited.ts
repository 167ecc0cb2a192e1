import { MendloopError } from '../../../domain/failures.ts';
import { MAX_DIGEST } from '../../../domain/notice/notice-digest.ts';
import { type RemediationNotice, urgencyOf } from '../../../domain/notice/notification.ts';
import { TokenBucket } from '../../../domain/notice/token-bucket.ts';
import { ExpectedBack } from './expected-back.ts';
import { digestKey } from '../message-id.ts';
import type { Delivery, NotificationChannel } from '../notification-channel.ts';
import { WaitingNotice } from './waiting-notice.ts';

/** How long a notice waits for others to go with it, in milliseconds: enough for those that come back together. */
const GATHER_MS = 2_000;

/** How long a notice may wait in here at all: less than the 30 s that an attempt to tell people has. */
const PATIENCE_MS = 15_000;

/**
 * A channel that sends at most `maxPerMinute` messages, beside failures and questions, which go out at once. Notices
 * beyond it wait for the next token and then go out together, as one digest where the channel has such.
 *
 * Nothing is kept here that is not also waited for: `send` settles when its notice has left, alone or in a digest. Where
 * that takes longer than an attempt has, it rejects with `NotificationHeld` and says when to come back; so what is held
 * back is durable in Temporal, and a worker that dies loses none of it. The limit is each worker's own.
 */
export function rateLimited(channel: NotificationChannel, maxPerMinute: number): NotificationChannel {
  const bucket = new TokenBucket(maxPerMinute, Date.now());
  const expected = new ExpectedBack();
  let waiting: WaitingNotice[] = [];
  let timer: NodeJS.Timeout | undefined;

  /** Milliseconds until the next message, with time for the others to come. */
  const nextMs = () => Math.max(GATHER_MS, bucket.waitMs(Date.now()));

  function held({ idempotencyKey }: Delivery, retryAfterMs: number): MendloopError {
    expected.add(idempotencyKey, Date.now() + retryAfterMs);
    const message = `channel ${channel.name}: more than ${maxPerMinute} a minute; held back for a digest`;
    return new MendloopError('NotificationHeld', message, { retryAfterMs });
  }

  async function flush(): Promise<void> {
    timer = undefined;
    if (waiting.length === 0) return;
    let batch: readonly WaitingNotice[] = [];
    if (bucket.take(Date.now())) batch = waiting.splice(0, channel.sendDigest === undefined ? 1 : MAX_DIGEST);
    if (waiting.length > 0) timer = setTimeout(() => void flush(), bucket.waitMs(Date.now()));
    await sendTogether(channel, batch);
  }

  async function hold(notice: RemediationNotice, delivery: Delivery): Promise<void> {
    const wait = nextMs();
    if (wait > PATIENCE_MS) throw held(delivery, wait);
    const entry = new WaitingNotice({
      notice,
      delivery,
      patienceMs: PATIENCE_MS,
      impatience: () => held(delivery, nextMs()),
      onLeave: (leaving) => (waiting = waiting.filter((other) => other !== leaving)),
    });
    waiting.push(entry);
    timer ??= setTimeout(() => void flush(), wait);
    await entry.sent;
  }

  return {
    ...channel,
    async send(notice, delivery) {
      if (urgencyOf(notice) !== 'event') {
        bucket.force(Date.now());
        await channel.send(notice, delivery);
        return;
      }
      expected.arrived(delivery.idempotencyKey);
      const quiet = waiting.length === 0 && expected.isEmpty(Date.now());
      if (quiet && bucket.take(Date.now())) await channel.send(notice, delivery);
      else await hold(notice, delivery);
    },
    async close() {
      clearTimeout(timer);
      for (const entry of waiting.splice(0)) {
        entry.depart();
        entry.settle(held(entry.delivery, GATHER_MS));
      }
      await channel.close();
    },
  };
}

async function sendTogether(channel: NotificationChannel, batch: readonly WaitingNotice[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  batch.forEach((entry) => entry.depart());
  try {
    if (batch.length === 1 || channel.sendDigest === undefined) await channel.send(first.notice, first.delivery);
    else {
      const since = Math.min(...batch.map(({ delivery }) => delivery.since));
      const idempotencyKey = digestKey(batch.map(({ delivery }) => delivery.idempotencyKey));
      const notices = batch.map(({ notice }) => notice);
      await channel.sendDigest(notices, { idempotencyKey, since });
    }
    batch.forEach((entry) => entry.settle());
  } catch (error) {
    batch.forEach((entry) => entry.settle(error));
  }
}
