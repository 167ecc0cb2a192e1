import { setTheme, type Theme } from './theme.ts';

export interface Listeners {
  /** Somebody used a control that names `act`; true keeps the browser from doing what it would. */
  readonly onAct: (act: string, arg: string, control: HTMLElement) => boolean;
  readonly onSubmit: (act: string, form: HTMLFormElement) => void;
  /** Escape, or whatever else closes a dialog. */
  readonly onDialogClosed: (dialog: HTMLDialogElement) => void;
  readonly onAddress: () => void;
  readonly onResize: () => void;
  /** The page is looked at again. */
  readonly onSeen: () => void;
}

/** Hears what people do, once for the whole page: nodes come and go, and name in `data-act` what they are for. */
export function listen(root: Element, listeners: Listeners): void {
  addEventListener('hashchange', () => {
    listeners.onAddress();
  });
  addEventListener('resize', () => {
    listeners.onResize();
  });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) listeners.onSeen();
  });
  root.addEventListener('click', (event) => {
    const control = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-act]') : null;
    if (control === null || control instanceof HTMLFormElement || control instanceof HTMLSelectElement) return;
    const { act = '', arg = '' } = control.dataset;
    if (listeners.onAct(act, arg, control)) event.preventDefault();
  });
  root.addEventListener('submit', (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    event.preventDefault();
    listeners.onSubmit(event.target.dataset['act'] ?? '', event.target);
  });
  root.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLSelectElement && target.dataset['act'] === 'theme') setTheme(target.value as Theme);
  });
  // These two do not bubble.
  for (const name of ['cancel', 'close']) {
    root.addEventListener(
      name,
      ({ target }) => {
        if (target instanceof HTMLDialogElement) listeners.onDialogClosed(target);
      },
      true,
    );
  }
}
