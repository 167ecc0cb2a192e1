import { type Child, h, submitted, type VNode } from '../element.ts';
import type { Problem } from '../net/problem.ts';
import { icon } from './icon.ts';
import { data } from './text.ts';

/** A question to a person before something is done: what it means, and why. */
export interface ReasonDialog {
  readonly title: string;
  /** What will happen. */
  readonly explain: readonly Child[];
  /** On the button that does it. */
  readonly confirm: string;
  readonly isDangerous: boolean;
  /** Tells this request from any other, however often it is sent. */
  readonly requestId: string;
  readonly send: (reason: string, requestId: string) => Promise<string>;
}

export interface DialogState extends ReasonDialog {
  readonly isSending: boolean;
  readonly problem?: Problem | undefined;
}

export interface DialogHandlers {
  readonly onSend: (form: HTMLFormElement) => void;
  /** It is closed, by whatever. */
  readonly onClosed: () => void;
}

/** Its `<dialog>` keeps the focus inside and gives it back; Escape closes it. */
export function dialog(state: DialogState, { onSend, onClosed }: DialogHandlers): VNode {
  const { title, explain, confirm, isDangerous, requestId, isSending, problem } = state;
  return h(
    'dialog',
    { key: requestId, class: 'dialog', 'aria-labelledby': 'dialog-title', ref: openModal, onClose: onClosed },
    h(
      'form',
      { method: 'dialog', onSubmit: submitted(onSend), 'aria-busy': isSending ? 'true' : undefined },
      h('h2', { id: 'dialog-title' }, title),
      h('div', { class: 'dialog-body', id: 'dialog-body' }, explain),
      h('label', { for: 'reason' }, 'Reason, for the record'),
      h('textarea', {
        ...{ id: 'reason', name: 'reason', rows: 3, maxlength: 2000, required: true, autofocus: true },
        'aria-describedby': problem === undefined ? 'reason-help' : 'reason-help dialog-problem',
      }),
      h('p', { class: 'help', id: 'reason-help' }, 'It is kept with your name.'),
      h(
        'div',
        { role: 'alert' },
        problem !== undefined &&
          h('p', { class: 'note tone-bad', id: 'dialog-problem' }, icon('bad'), data(problem.message, 600)),
      ),
      h(
        'div',
        { class: 'dialog-buttons' },
        h('button', { type: 'button', onClick: goBack }, 'Go back'),
        h(
          'button',
          {
            type: 'submit',
            class: isDangerous ? 'danger' : 'primary',
            'aria-disabled': isSending ? 'true' : undefined,
          },
          isSending ? 'Sending …' : confirm,
        ),
      ),
    ),
  );
}

/** One function for all drawings, so that it is called once for each dialog. */
function openModal(element: HTMLDialogElement | null): void {
  element?.showModal();
}

function goBack({ currentTarget }: MouseEvent): void {
  (currentTarget as Element).closest('dialog')?.close();
}
