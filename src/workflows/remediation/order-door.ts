import { CancellationScope } from '@temporalio/workflow';
import { defined } from '../../domain/defined.ts';
import type { SealedStart } from '../../contract/remediation.ts';
import { Order, type Sealed, SEAL_FAULTS } from '../../domain/orders/seal.ts';
import { cut, plainLine } from '../../domain/text/plain-text.ts';
import { read, settle } from '../activity-profiles.ts';
import { startRefused } from '../../domain/orders/start-refused.ts';
import { fail } from './fault.ts';

/** Refusals that are looked into; more are refused unseen, so that nobody fills the history with them. */
const MAX_REFUSED = 10;

interface DoorParts {
  /** Argument of the workflow. */
  readonly start: SealedStart;
  /** Says that an order was refused, in the record. */
  readonly tell: (text: string) => void;
  /** Tells people of an order that came past the API: once, however many come. */
  readonly warn: (text: string) => void;
}

interface OrderGiven {
  readonly order: Order;
  readonly round?: string;
  readonly input: Sealed<object>;
}

/**
 * Where votes and orders come in. Whoever reaches Temporal can send them; they count when an activity has found the API's
 * signature on them. No key is ever here.
 */
export class OrderDoor {
  readonly #parts: DoorParts;
  #refused = 0;
  #hasWarned = false;
  #startVerified = false;
  #verifyingStart: Promise<void> | undefined;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** What `prepare` has to verify before anything else; undefined once that is done. */
  get unverifiedStart(): SealedStart | undefined {
    return this.#startVerified ? undefined : this.#parts.start;
  }

  noteStartVerified(): void {
    this.#startVerified = true;
  }

  /** For what does not wait for `prepare`. Throws `OrderRefused` where the API has not started this remediation. */
  async requireStart(): Promise<void> {
    if (this.#startVerified) return;
    this.#verifyingStart ??= this.#verifyStart();
    await this.#verifyingStart;
  }

  async #verifyStart(): Promise<void> {
    const { start: input } = this.#parts;
    const verdict = await read('verify who started it', (activities) =>
      activities.verifyOrder({ order: Order.Start, input }),
    );
    if (!verdict.valid) throw fail('OrderRefused', startRefused(verdict.text));
    this.#startVerified = true;
  }

  /** For validators: whether orders without a signature are still looked into. Throws what the sender gets to read. */
  check(input: unknown): void {
    if (this.#isShut && !isSealed(input)) throw new Error(`it does not count: ${SEAL_FAULTS.unsigned}`);
  }

  /** Whether it counts. */
  async admits({ order, round, input }: OrderGiven): Promise<boolean> {
    return (await this.#fault({ order, input, ...defined({ round }) })) === undefined;
  }

  /** Throws what the sender gets to read, where it does not count. */
  async require(given: OrderGiven): Promise<void> {
    const fault = await this.#fault(given);
    if (fault !== undefined) throw fail('OrderRefused', `it does not count: ${fault}`);
  }

  get #isShut(): boolean {
    return this.#refused >= MAX_REFUSED;
  }

  async #fault(given: OrderGiven): Promise<string | undefined> {
    const input = isObject(given.input) ? given.input : {};
    const unseen = this.#isShut;
    if (unseen && !isSealed(input)) return SEAL_FAULTS.unsigned;
    const question = { ...given, input, ...(unseen ? { unrecorded: true } : {}) };
    // For as long as it takes, and whoever cancels: a handler that fails would end the workflow.
    const verdict = await CancellationScope.nonCancellable(() =>
      settle(`verify who ordered: ${given.order}`, (activities) => activities.verifyOrder(question)),
    );
    if (verdict.valid) return undefined;
    this.#refused += 1;
    const text = `Not counted: ${given.order}${inNameOf(input)}, because ${verdict.text}`;
    if (!unseen) this.#parts.tell(text);
    if (verdict.forged && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#parts.warn(`${text}. It came past Mendloop's API: find out who reaches Temporal`);
    }
    return verdict.text;
  }
}

/** What comes over the network may be anything, whatever its type says. */
function isObject(input: unknown): input is object {
  return typeof input === 'object' && input !== null;
}

function isSealed(input: unknown): boolean {
  return isObject(input) && 'seal' in input;
}

function inNameOf(input: object): string {
  return 'by' in input && typeof input.by === 'string' ? ` in the name of ${cut(plainLine(input.by), 80)}` : '';
}
