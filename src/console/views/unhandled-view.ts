import type { Change, View, ViewContext } from '../app/view.ts';
import { Resource } from '../net/resource.ts';
import type { UnhandledAnswer } from '../types.ts';
import { unhandledPage } from './unhandled-page.ts';

/** No event tells of these: they come in batches, and nothing hurries. */
const READ_EVERY_MS = 30_000;

/** The alerts that no rule wants. */
export class UnhandledView implements View {
  readonly title = 'Unhandled';
  readonly #context: ViewContext;
  readonly #unhandled: Resource<UnhandledAnswer>;
  #readAt = 0;
  #copied: number | undefined;

  constructor(context: ViewContext) {
    this.#context = context;
    this.#unhandled = new Resource(
      (signal) => context.client.get<UnhandledAnswer>('/unhandled', signal),
      context.changed,
    );
  }

  render(now: number) {
    return unhandledPage({
      ...{ now, unhandled: this.#unhandled, copied: this.#copied },
      onCopy: (index) => {
        const stub = this.#unhandled.value?.alerts[index]?.stub;
        if (stub !== undefined) void this.#copy(stub, index);
      },
    });
  }

  refresh(): void {
    this.#readAt = Date.now();
    this.#copied = undefined;
    void this.#unhandled.load();
  }

  onChange({ event }: Change): void {
    if (event === 'reset') this.refresh();
  }

  onTick(now: number): void {
    if (now - this.#readAt >= READ_EVERY_MS) this.refresh();
  }

  onHold(): void {
    this.#unhandled.drop();
  }

  dispose(): void {
    this.#unhandled.dispose();
  }

  /** Browsers refuse it on pages without TLS that are not on this machine; the text can be marked all the same. */
  async #copy(text: string, index: number): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.#copied = index;
      this.#context.announce('The rule has been copied.');
    } catch {
      this.#context.announce('The browser does not let the rule be copied: mark it by hand.');
    }
    this.#context.changed();
  }
}
