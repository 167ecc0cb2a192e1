import type { Problem } from '../net/problem.ts';
import { icon } from '../parts/icon.ts';
import { data } from '../parts/text.ts';
import { h, submitted, type VNode } from '../element.ts';

/** Asks for a token: the API wants to know who looks. */
export function loginPage(problem: Problem, hasToken: boolean, onSignIn: (token: string) => void): VNode[] {
  return [
    h(
      'form',
      {
        ...{ key: 'login', class: 'panel login' },
        onSubmit: submitted((form) => {
          const token = new FormData(form).get('token');
          if (typeof token === 'string' && token.trim() !== '') onSignIn(token.trim());
        }),
      },
      h('h1', { tabindex: -1 }, 'Sign in'),
      h('p', {}, 'This Mendloop knows people by a token: their own, or that of the link which its start has printed.'),
      h('label', { for: 'token' }, 'Token'),
      h('input', {
        ...{ id: 'token', name: 'token', type: 'password', autocomplete: 'current-password', required: true },
        ...{ spellcheck: false, autocapitalize: 'off', 'aria-describedby': 'token-help login-problem' },
      }),
      h(
        'p',
        { class: 'help', id: 'token-help' },
        'It stays in this tab until the tab is closed. On its machine, “mendloop console” prints the link again.',
      ),
      h(
        'div',
        { role: 'alert', id: 'login-problem' },
        hasToken && h('p', { class: 'note tone-bad' }, icon('bad'), data(problem.message, 400)),
      ),
      h('button', { type: 'submit', class: 'primary' }, 'Sign in'),
    ),
  ];
}

/** Why nobody is let in. */
export function blockedPage(problem: Problem): VNode[] {
  return [
    h(
      'section',
      { key: 'blocked', class: 'panel login', 'aria-labelledby': 'blocked' },
      h('h1', { id: 'blocked', tabindex: -1 }, 'No way in'),
      h('p', { class: 'note tone-bad', role: 'alert' }, icon('bad'), data(problem.message, 800)),
    ),
  ];
}
