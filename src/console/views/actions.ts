import { type PlannedChange, Undo } from '../../domain/actions/contract.ts';
import type { ApprovalState } from '../../domain/approval/approval.ts';
import { votesMissing } from '../../domain/approval/approval.ts';
import { Step } from '../../domain/remediation/remediation.ts';
import { undoNote } from '../../domain/remediation/undo-note.ts';
import type { ViewContext } from '../app/view.ts';
import { data } from '../parts/text.ts';
import type { RemediationDetail, RemediationStatus } from '../types.ts';
import { h } from '../element.ts';

/** Questions to a person before they decide something, each with what it will do. */

export function askVote(context: ViewContext, { remediation, status }: RemediationDetail, approve: boolean): void {
  const { planned, approval } = status ?? {};
  const path = `/remediations/${encodeURIComponent(remediation.id)}/${approve ? 'approve' : 'reject'}`;
  context.ask({
    title: approve ? 'Approve this change?' : 'Reject this change?',
    explain: [
      h('p', { class: 'lead' }, data(status?.summary ?? remediation.alert, 300)),
      planned !== undefined && h('p', {}, data(sentenceOf(planned), 300)),
      h('p', { class: 'muted' }, approve ? voteNote(approval) : 'One rejection ends it: nothing is changed.'),
    ],
    confirm: approve ? 'Approve' : 'Reject',
    isDangerous: !approve,
    send: async (reason, requestId) => {
      const answer = await context.client.post<{ approval: ApprovalState }>(path, { reason }, requestId);
      const missing = votesMissing(answer.approval);
      if (!approve) return 'Rejected. Nothing is changed.';
      return missing === 0 ? 'Approved. The remediation goes on.' : `Your approval counts; ${missing} more are needed.`;
    },
  });
}

/** What will be done, and what becomes of it if it does not help. */
function sentenceOf({ title, undo }: PlannedChange): string {
  return [`It will ${title}.`, undoNote(undo)].filter((part) => part !== undefined).join(' ');
}

function voteNote(approval: ApprovalState | undefined): string {
  if (approval === undefined) return '';
  const others = votesMissing(approval) - 1;
  if (others <= 0) return 'Yours is the last approval it needs: it acts at once.';
  return others === 1
    ? 'One more person has to approve after you.'
    : `${others} more people have to approve after you.`;
}

export function askUndo(context: ViewContext, { remediation, status }: RemediationDetail): void {
  const words = undoWords(status);
  context.ask({
    title: words.title,
    explain: [h('p', { class: 'lead' }, data(status?.summary ?? remediation.alert, 300)), h('p', {}, words.explain)],
    confirm: words.confirm,
    isDangerous: true,
    send: async (reason, requestId) => {
      await context.client.post(`/remediations/${encodeURIComponent(remediation.id)}/undo`, { reason }, requestId);
      return words.sent;
    },
  });
}

/** What an order to undo comes to, by what has been done and how it can be undone. */
function undoWords(status: RemediationStatus | undefined) {
  const undo = status?.effect?.changed === true ? status.planned?.undo : undefined;
  switch (undo) {
    case undefined: {
      const rest = status?.step === Step.Acting ? 'What it may have begun is undone.' : 'It changes nothing.';
      return {
        title: 'Cancel this remediation?',
        explain: `It ends as cancelled. ${rest}`,
        confirm: 'Cancel it',
        sent: 'The remediation is being cancelled.',
      };
    }
    case Undo.None:
      return {
        title: 'End this remediation?',
        explain: 'What it did cannot be undone, and stays. It then ends as cancelled.',
        confirm: 'End it',
        sent: 'The remediation is being ended.',
      };
    default: {
      const how = undo === Undo.Forward ? 'A further step makes good what it changed' : 'What it changed is put back';
      return {
        title: 'Undo this change?',
        explain: `${how}, unless another has changed it since. It then ends as cancelled.`,
        confirm: 'Undo the change',
        sent: 'The change is being undone.',
      };
    }
  }
}

export function askPause(context: ViewContext, pause: boolean): void {
  context.ask({
    title: pause ? 'Pause all changes?' : 'Resume changes?',
    explain: [
      h(
        'p',
        {},
        pause
          ? 'No remediation of this cluster starts a change until somebody resumes. Undoing goes on.'
          : 'Remediations that wait go on, each after its own checks.',
      ),
    ],
    confirm: pause ? 'Pause all changes' : 'Resume',
    isDangerous: pause,
    send: async (reason, requestId) => {
      await context.client.post(`/guards/${pause ? 'pause' : 'resume'}`, { reason }, requestId);
      return pause ? 'All changes are paused.' : 'Changes may go on.';
    },
  });
}

export function askReset(context: ViewContext, target: string): void {
  context.ask({
    title: 'Reset the guard of this target?',
    explain: [
      h('p', { class: 'lead' }, data(target, 300)),
      h('p', {}, 'Its circuit breaker closes and its cooldowns end: the next alert may change it at once.'),
    ],
    confirm: 'Reset',
    isDangerous: true,
    send: async (reason, requestId) => {
      await context.client.post('/guards/targets/reset', { target, reason }, requestId);
      return 'The guard has been reset.';
    },
  });
}
