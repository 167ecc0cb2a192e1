import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '../runner/close-server.ts';
import type { Here } from '../runner/contract.ts';
import { repeat } from '../runner/repeat.ts';

const NAME = 'orders';

/** Milliseconds between two orders that come in, and between two that are handled. */
const COME_MS = 500;
const HANDLE_MS = 100;

interface Message {
  readonly number: number;
  readonly at: number;
  readonly isPoisoned: boolean;
}

/**
 * The queue of the orders and what handles it, in order: a message that cannot be handled is tried again for ever, and all
 * others wait behind it. It tells how long the oldest waits, and parks the message at its head when it is asked to.
 */
export class Queue {
  readonly #waiting: Message[] = [];
  readonly #parked: Message[] = [];
  readonly #labels: string;
  readonly #server: Server;
  #number = 0;

  private constructor(namespace: string) {
    this.#labels = `{namespace="${namespace}",deployment="orders",queue="${NAME}"}`;
    this.#server = createServer((request, response) => {
      const { status, text } = this.#answer(request);
      response.writeHead(status, { 'Content-Type': 'text/plain; version=0.0.4' }).end(text);
    });
  }

  /** Orders come in and are handled until the example ends. */
  static async start({ namespace, stack }: Here): Promise<Queue> {
    const queue = new Queue(namespace);
    await once(queue.#server.listen(0, '127.0.0.1'), 'listening');
    stack.add({ stop: () => queue.#stop() });
    repeat({ stack }, COME_MS, () => {
      queue.add();
      return Promise.resolve();
    });
    repeat({ stack }, HANDLE_MS, () => {
      queue.#handle();
      return Promise.resolve();
    });
    return queue;
  }

  /** `host:port`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Numbers of the messages that were put aside. */
  get parked(): readonly number[] {
    return this.#parked.map(({ number }) => number);
  }

  /** Puts a message at the end, and gives its number. */
  add({ isPoisoned = false } = {}): number {
    this.#number += 1;
    this.#waiting.push({ number: this.#number, at: Date.now(), isPoisoned });
    return this.#number;
  }

  #handle(): void {
    if (this.#waiting[0]?.isPoisoned === false) this.#waiting.shift();
  }

  #answer({ method, url }: IncomingMessage): { readonly status: number; readonly text: string } {
    if (method !== 'POST') return { status: 200, text: this.#metrics() };
    const head = url === `/queues/${NAME}/park` ? this.#waiting.shift() : undefined;
    if (head === undefined) return { status: 404, text: 'there is no such queue, or nothing in it' };
    this.#parked.push(head);
    return { status: 200, text: `message ${head.number} of ${NAME}` };
  }

  #metrics(): string {
    const [head] = this.#waiting;
    const seconds = head === undefined ? 0 : (Date.now() - head.at) / 1000;
    return [
      '# TYPE queue_oldest_message_seconds gauge',
      `queue_oldest_message_seconds${this.#labels} ${seconds}`,
      '# TYPE queue_messages gauge',
      `queue_messages${this.#labels} ${this.#waiting.length}`,
      '',
    ].join('\n');
  }

  async #stop(): Promise<void> {
    await closeServer(this.#server);
  }
}
