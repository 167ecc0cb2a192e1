import { asProblem } from '../net/problem.ts';
import type { DialogState, ReasonDialog } from '../parts/dialog.ts';

export interface DialogsOptions {
  readonly changed: () => void;
  /** It was done; what to say of it. */
  readonly onDone: (text: string) => void;
}

/** The one question that may be open. */
export class Dialogs {
  readonly #options: DialogsOptions;
  #state: DialogState | undefined;

  constructor(options: DialogsOptions) {
    this.#options = options;
  }

  get state(): DialogState | undefined {
    return this.#state;
  }

  ask(dialog: Omit<ReasonDialog, 'requestId'>): void {
    // Whoever sends twice because no answer came means the same thing.
    this.#state = { ...dialog, requestId: crypto.randomUUID(), isSending: false };
    this.#options.changed();
  }

  /** The browser tells of it some time after the fact, when another may be open. */
  noteClosed(requestId: string): void {
    if (requestId !== this.#state?.requestId) return;
    this.#state = undefined;
    this.#options.changed();
  }

  async send(form: HTMLFormElement): Promise<void> {
    const asked = this.#state;
    const reason = new FormData(form).get('reason');
    if (asked === undefined || asked.isSending || typeof reason !== 'string') return;
    if (reason.trim() === '') {
      // Blanks alone pass the browser's own check.
      form.querySelector('textarea')?.focus();
      return;
    }
    this.#show({ ...asked, isSending: true, problem: undefined });
    try {
      const text = await asked.send(reason.trim(), asked.requestId);
      if (this.#state?.requestId !== asked.requestId) return;
      form.closest('dialog')?.close();
      this.noteClosed(asked.requestId);
      this.#options.onDone(text);
    } catch (error) {
      if (this.#state?.requestId === asked.requestId)
        this.#show({ ...asked, isSending: false, problem: asProblem(error) });
    }
  }

  #show(state: DialogState): void {
    this.#state = state;
    this.#options.changed();
  }
}
