import type { ApprovalState } from '../../domain/approval/approval.ts';
import { votesMissing } from '../../domain/approval/approval.ts';
import type { ViewContext } from '../app/view.ts';
import { data } from '../parts/text.ts';
import type { RemediationDetail } from '../types.ts';
import { h } from '../vdom/node.ts';

/** Questions to a person before they decide something, each with what it will do. */

export function askVote(context: ViewContext, { remediation, status }: RemediationDetail, approve: boolean): void {
  const { preview, approval } = status ?? {};
  const path = `/remediations/${encodeURIComponent(remediation.id)}/${approve ? 'approve' : 'reject'}`;
  context.ask({
    title: approve ? 'Approve this change?' : 'Reject this change?',
    explain: [
      h('p', { class: 'lead' }, data(status?.summary ?? remediation.alert, 300)),
      preview !== undefined &&
        h('p', {}, `The target goes from ${preview.before} to ${preview.after}, and back if that does not help.`),
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

function voteNote(approval: ApprovalState | undefined): string {
  if (approval === undefined) return '';
  const others = votesMissing(approval) - 1;
  if (others <= 0) return 'Yours is the last approval it needs: it acts at once.';
  return others === 1
    ? 'One more person has to approve after you.'
    : `${others} more people have to approve after you.`;
}

export function askUndo(context: ViewContext, { remediation, status }: RemediationDetail): void {
  const acted = status?.scale?.changed === true;
  context.ask({
    title: acted ? 'Undo this change?' : 'Cancel this remediation?',
    explain: [
      h('p', { class: 'lead' }, data(status?.summary ?? remediation.alert, 300)),
      h(
        'p',
        {},
        acted
          ? 'What it changed is put back, unless somebody else has changed it since. It then ends as cancelled.'
          : 'It ends as cancelled, and changes nothing.',
      ),
    ],
    confirm: acted ? 'Undo the change' : 'Cancel it',
    isDangerous: true,
    send: async (reason, requestId) => {
      await context.client.post(`/remediations/${encodeURIComponent(remediation.id)}/undo`, { reason }, requestId);
      return acted ? 'The change is being undone.' : 'The remediation is being cancelled.';
    },
  });
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
