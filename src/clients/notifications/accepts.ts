import {
  APPROVAL_REQUESTED,
  isFailure,
  isOver,
  type RemediationNotice,
  urgencyOf,
} from '../../domain/notice/notification.ts';

/** For channels that inform: all that concerns anybody, or only what a human must see and how it ended. */
export function informs(events: 'failures' | 'all'): (notice: RemediationNotice) => boolean {
  return (notice) => {
    if (urgencyOf(notice) === 'none') return false;
    return events === 'all' || isFailure(notice) || notice.kind === APPROVAL_REQUESTED;
  };
}

/** For channels that page: what opens an incident, and what closes one. */
export function pages(notice: RemediationNotice): boolean {
  return urgencyOf(notice) === 'failure' || isOver(notice);
}
