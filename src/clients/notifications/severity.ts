import type { RemediationNotice } from '../../domain/notice/notification.ts';

/** How grave an alert is, of what teams call it in the label `severity`; what is not known is taken for an error. */
export function severityOf({ alert }: Pick<RemediationNotice, 'alert'>): 'critical' | 'error' | 'warning' | 'info' {
  switch (alert.labels['severity']?.trim().toLowerCase()) {
    case 'critical':
    case 'crit':
    case 'emergency':
    case 'fatal':
    case 'page':
    case 'p1':
    case 'sev1':
      return 'critical';
    case 'warning':
    case 'warn':
    case 'p3':
    case 'sev3':
      return 'warning';
    case 'info':
    case 'information':
    case 'notice':
    case 'none':
    case 'p4':
    case 'p5':
      return 'info';
    default:
      return 'error';
  }
}
