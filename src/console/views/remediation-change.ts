import { describeMovement, describeUndo } from '../../domain/remediation/what-was-done.ts';
import { describePrelude } from '../../domain/remediation/describe-prelude.ts';
import { undoNote } from '../../domain/remediation/undo-note.ts';
import { describeJudged } from '../../domain/precondition/describe-judged.ts';
import { sentenceCase } from '../../domain/text/sentence-case.ts';
import { facts, panel } from '../parts/layout.ts';
import { code, data } from '../parts/text.ts';
import { type Child, h, type VNode } from '../element.ts';
import type { Shown } from './models.ts';

/** Readings of the target that are shown. */
const MAX_READINGS = 20;

/** What is to be done, on what was seen, and how it would be undone; with the API server's word on it where it gave one. */
export function changePanel({ detail }: Shown): VNode | false {
  const { planned, prelude, preview, effect, compensation } = detail.status ?? {};
  if (planned === undefined && preview === undefined) return false;
  const moves = effect?.moved ?? preview?.moves ?? planned?.moves;
  const fact = (name: string, text: string | undefined): [string, Child][] =>
    text === undefined ? [] : [[name, data(text, 300)]];
  const rows: [string, Child][] = [
    ...fact('What', planned?.title),
    ...fact('Awaits', planned?.awaits),
    ...(planned?.readings ?? []).slice(0, MAX_READINGS).flatMap(({ name, text }) => fact(sentenceCase(name), text)),
    ...(planned?.preconditions ?? []).flatMap((one) => fact('Only if', describeJudged(one))),
    ...fact('Undo', planned && undoNote(planned.undo)),
    ...(planned?.manualUndo === undefined
      ? []
      : [['Undo by hand', code(planned.manualUndo, 1000)] satisfies [string, Child]]),
    ...fact('Before it', prelude && describePrelude(prelude)),
    ...fact('Done', effect?.text),
    ...fact('Undone', compensation && describeUndo(compensation)),
  ];
  return panel(
    {
      id: 'change',
      title: effect === undefined ? 'Planned change' : 'Change',
      ...(moves === undefined ? {} : { note: data(describeMovement(moves), 60) }),
    },
    facts(rows),
    preview !== undefined && [
      h('p', { class: 'panel-line muted' }, 'As the Kubernetes API server answered to a dry run.'),
      h(
        'pre',
        { class: 'diff', tabindex: 0, 'aria-label': 'Difference' },
        preview.diff.slice(0, 40_000).split('\n').map(diffLine),
      ),
    ],
  );
}

function diffLine(line: string): VNode {
  const kind = /^(\+\+\+|---)/.test(line)
    ? 'file'
    : line.startsWith('+')
      ? 'in'
      : line.startsWith('-')
        ? 'out'
        : line.startsWith('@@')
          ? 'at'
          : 'same';
  // Its sign says what a line is; the colour says it again.
  const tag = kind === 'in' ? 'ins' : kind === 'out' ? 'del' : 'span';
  return h(tag, { class: `diff-${kind}` }, data(line, 2000), '\n');
}
