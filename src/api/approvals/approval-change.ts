import type { PlannedChange } from '../../domain/actions/contract.ts';
import type { ChangePreview } from '../../domain/actions/effects.ts';
import type { RemediationStatus } from '../../domain/remediation/remediation.ts';
import { undoNote } from '../../domain/remediation/undo-note.ts';
import { describeMovement } from '../../domain/remediation/what-was-done.ts';
import { html, type Html, NOTHING } from '../http/html.ts';
import { definitions } from './definitions.ts';

const MAX_READINGS = 20;

/** What an approver says yes or no to; nothing while it is not known. */
export function renderChange(status: Pick<RemediationStatus, 'planned' | 'preview'> = {}): Html {
  const { planned, preview } = status;
  if (planned === undefined && preview === undefined) return NOTHING;
  const moves = preview?.moves ?? planned?.moves;
  const heading = moves === undefined ? 'The exact change' : `The exact change: ${describeMovement(moves)}`;
  return html`<h2>${heading}</h2>
    ${planned === undefined ? NOTHING : factsOf(planned)} ${preview === undefined ? NOTHING : diffOf(preview)}`;
}

function factsOf({ title, undo, command, readings }: PlannedChange): Html {
  return definitions([
    ['What', title],
    ['By hand', command],
    ['Undo', undoNote(undo)],
    ...readings.slice(0, MAX_READINGS).map(({ name, text }) => [name, text] as const),
  ]);
}

function diffOf({ diff }: ChangePreview): Html {
  const lines = diff.split('\n').map((line) => {
    if (line.startsWith('+')) return html`<ins>${line}</ins>`;
    if (line.startsWith('-')) return html`<del>${line}</del>`;
    return html`${line} `;
  });
  return html`<p>As the Kubernetes API server answers to a dry run of it.</p>
    <pre>${lines}</pre>`;
}
