import { describe, expect, it } from 'vitest';
import { Lanes } from '../../../src/clients/temporal/lanes.ts';

const soon = () => new Promise((resolve) => setImmediate(resolve));
const quiet = new AbortController().signal;

/** Work that ends when it is told to, and how much of it is under way. */
class Site {
  readonly running: { end: () => void; fail: (error: Error) => void }[] = [];
  readonly lanes = new Lanes((error) => error instanceof RangeError);
  most = 0;

  start(to = 'guard', signal: AbortSignal = quiet): Promise<void> {
    return this.lanes.run({ to, signal }, async () => {
      const work = Promise.withResolvers<undefined>();
      const entry = { end: () => work.resolve(undefined), fail: work.reject };
      this.running.push(entry);
      this.most = Math.max(this.most, this.running.length);
      await work.promise.finally(() => this.running.splice(this.running.indexOf(entry), 1));
    });
  }

  /** Lets everything that is under way, and whatever begins by it, come to its end. */
  async drain(): Promise<void> {
    do {
      for (const { end } of [...this.running]) end();
      await soon();
    } while (this.running.length > 0);
  }
}

describe('lanes', () => {
  it('keep what one receiver gets at the same time within bounds, and let everybody through', async () => {
    const site = new Site();
    const all = Array.from({ length: 50 }, () => site.start());
    await soon();
    expect(site.running).toHaveLength(8);
    await site.drain();
    await Promise.all(all);
    expect(site.most).toBe(8);
  });

  it('are one for each receiver', async () => {
    const site = new Site();
    const all = [...Array.from({ length: 9 }, () => site.start('a')), site.start('b')];
    await soon();
    expect(site.running).toHaveLength(9);
    await site.drain();
    await Promise.all(all);
  });

  it('become narrow when the receiver says that it is too much, and wide again after that', async () => {
    const site = new Site();
    const all = Array.from({ length: 60 }, () => site.start().catch(() => undefined));
    await soon();
    for (const { fail } of site.running.slice(0, 3)) fail(new RangeError('too much'));
    await soon();
    for (const { end } of site.running.slice(0, 5)) end();
    await soon();
    expect(site.running.length).toBeLessThan(4);
    site.most = 0;
    await site.drain();
    await Promise.all(all);
    expect(site.most).toBeGreaterThan(4);
  });

  it('pass on what fails for another reason, and go on', async () => {
    const site = new Site();
    const failing = site.start();
    await soon();
    site.running[0]!.fail(new Error('no'));
    await expect(failing).rejects.toThrow('no');
    const next = site.start();
    await site.drain();
    await next;
  });

  it('let go of those that give up waiting', async () => {
    const site = new Site();
    const all = Array.from({ length: 8 }, () => site.start());
    const abort = new AbortController();
    const late = site.start('guard', abort.signal);
    abort.abort(new Error('timed out'));
    await expect(late).rejects.toThrow('timed out');
    await expect(site.start('guard', abort.signal)).rejects.toThrow('timed out');
    await site.drain();
    await Promise.all(all);
    expect(site.most).toBe(8);
  });
});
