import { sentenceCase } from '../../domain/text/sentence-case.ts';
import { icon } from '../parts/icon.ts';
import { dialog, type DialogHandlers, type DialogState } from '../parts/dialog.ts';
import type { Route } from '../route.ts';
import type { Me } from '../types.ts';
import { h, type VNode } from '../element.ts';
import { setTheme, storedTheme, type Theme } from './theme.ts';

export interface FrameModel {
  readonly view: Route['view'];
  readonly me: Me | undefined;
  readonly hasToken: boolean;
  readonly updates: 'live' | 'polling' | 'held';
  readonly dialog: DialogState | undefined;
  /** Of the view, or of what stands instead of it. */
  readonly content: readonly VNode[];
}

export interface FrameHandlers extends DialogHandlers {
  readonly onHold: () => void;
  readonly onSignOut: () => void;
}

/** The page around a view: header, navigation, what is asked, and the view itself. */
export function frame(model: FrameModel, handlers: FrameHandlers): VNode[] {
  return [
    h('a', { key: 'skip', class: 'skip', href: '#main', onClick: skip }, 'Skip to the content'),
    h('header', { key: 'top', class: 'top' }, brand(), navigation(model.view), tools(model, handlers)),
    h('main', { key: 'main', id: 'main', tabindex: -1 }, model.content),
    ...(model.dialog === undefined ? [] : [dialog(model.dialog, handlers)]),
  ];
}

function brand(): VNode {
  return h(
    'a',
    { class: 'brand', href: '#/' },
    h(
      'svg',
      { viewBox: '0 0 24 24', width: 26, height: 26, 'aria-hidden': 'true', focusable: 'false', class: 'logo' },
      h('path', { d: 'M19.5 8.2A8.5 8.5 0 1 0 20.5 12' }),
      h('path', { d: 'M20.8 3.6v5h-5' }),
      h('path', { d: 'M7.6 12.4l3 3 5.4-6' }),
    ),
    h('span', {}, 'Mendloop'),
  );
}

function navigation(view: FrameModel['view']): VNode {
  const link = (name: Route['view'], href: string, text: string) =>
    h('a', { href, 'aria-current': view === name ? 'page' : undefined }, text);
  return h(
    'nav',
    { class: 'nav', 'aria-label': 'Views' },
    link('now', '#/', 'Now'),
    link('history', '#/history', 'History'),
    link('unhandled', '#/unhandled', 'Unhandled'),
  );
}

const UPDATES = {
  live: ['live', 'Live', ': updates come as they happen; press to hold them'],
  polling: ['busy', 'Polling', ': no events come, so it asks every few seconds; press to hold updates'],
  held: ['pause', 'Held', ': press to let updates come'],
} as const;

/** The address stays: its fragment names a view. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function tools({ me, hasToken, updates }: FrameModel, { onHold, onSignOut }: FrameHandlers): VNode {
  const [sign, text, help] = UPDATES[updates];
  return h(
    'div',
    { class: 'tools' },
    h(
      'button',
      { type: 'button', class: `updates updates-${updates}`, onClick: onHold, title: `${text}${help}` },
      icon(sign),
      text,
      h('span', { class: 'unseen' }, help),
    ),
    h('label', { class: 'unseen', for: 'theme' }, 'Colours'),
    h(
      'select',
      {
        ...{ id: 'theme', class: 'theme' },
        onChange: ({ currentTarget }: Event) => {
          setTheme((currentTarget as HTMLSelectElement).value as Theme);
        },
      },
      (['auto', 'light', 'dark'] as const).map((name) =>
        h('option', { value: name, defaultSelected: name === storedTheme() }, sentenceCase(name)),
      ),
    ),
    me !== undefined && h('span', { class: 'who', title: me.roles.join(', ').slice(0, 300) }, me.name.slice(0, 60)),
    hasToken && h('button', { type: 'button', onClick: onSignOut }, 'Sign out'),
  );
}
