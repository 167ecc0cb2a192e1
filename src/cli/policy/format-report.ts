import { relative } from 'node:path';
import type { Finding, Place } from '../../clients/policy/lint/finding.ts';
import { plainLine } from '../../domain/text/plain-text.ts';

export interface LintSummary {
  readonly rules: number;
  readonly catalogue: number;
  readonly services: number;
  readonly samples: number;
  readonly errors: number;
  readonly warnings: number;
}

/** What was found, a line each as editors understand it, and what was looked at. */
export function formatReport(report: {
  readonly findings: readonly Finding[];
  readonly summary: LintSummary;
  readonly notes: readonly string[];
}): string {
  const { summary, notes } = report;
  const { rules, catalogue, services, samples, errors, warnings } = summary;
  return [
    ...report.findings.map(formatFinding),
    ...notes.map((note) => `note: ${note}`),
    `${rules} rules, ${catalogue} alerts of the catalogue, ${services} services; ${samples} examples decided`,
    `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  ].join('\n');
}

/** A line as editors understand it. */
export function formatFinding({ severity, check, rule, place, message }: Finding): string {
  const about = rule === undefined ? '' : `${rule}: `;
  return plainLine(`${place === undefined ? '' : `${formatPlace(place)}: `}${severity}: ${about}${message} [${check}]`);
}

function formatPlace({ file, line, column }: Place): string {
  const near = relative('.', file);
  const name = near.startsWith('..') ? file : near;
  return [name, line, column].filter((part) => part !== undefined).join(':');
}
