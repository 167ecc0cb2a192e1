import { isIPv6 } from 'node:net';
import { TokenBucket } from '../../domain/notice/token-bucket.ts';

/** Refusals a minute of one sender, and of all together, beyond which they are answered with 429. */
const OF_ONE = 10;
const OF_ALL = 600;
/** Senders that are told apart; the one that was refused longest ago is forgotten first. */
const MAX_SENDERS = 10_000;

/** How often requests may be turned away before they are answered with nothing but "later". Memory is bounded. */
export class RefusalLimits {
  readonly #all: TokenBucket;
  readonly #senders = new Map<string, TokenBucket>();

  /** @param now Epoch ms, as for `take`. */
  constructor(now: number) {
    this.#all = new TokenBucket(OF_ALL, now);
  }

  /** Counts one more refusal of this address; gives the seconds that it should wait, 0 where it is within its limit. */
  take(address: string, now: number): number {
    const sender = networkOf(address);
    const own = this.#senders.get(sender) ?? new TokenBucket(OF_ONE, now);
    this.#senders.delete(sender);
    this.#senders.set(sender, own);
    const [oldest] = this.#senders.keys();
    if (this.#senders.size > MAX_SENDERS && oldest !== undefined) this.#senders.delete(oldest);
    const within = [own, this.#all].every((bucket) => bucket.take(now));
    return within ? 0 : Math.max(1, Math.ceil(Math.max(own.waitMs(now), this.#all.waitMs(now)) / 1000));
  }
}

/** One site has as many addresses of IPv6 as it likes: 64 bits of each are its own to choose. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...zeros, ...right].slice(0, 4).join(':');
}
