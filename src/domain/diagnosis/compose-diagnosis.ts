import { defined } from '../defined.ts';
import { cut, plainLine } from '../text/plain-text.ts';
import { redactText } from '../text/redact.ts';
import { type Diagnosis, DiagnosisPart, type DiagnosisSection } from './diagnosis.ts';

/** What a step has read: lines as they came, and what of them tells most. */
export interface StepResult {
  readonly lines: readonly string[];
  readonly findings?: readonly string[];
}

export type StepOutcome = { readonly part: DiagnosisPart } & (
  | StepResult
  /** It could not be read. */
  | { readonly why: string }
);

/** UTF-16 code units of each part; together with the rest some ten kilobytes, which a history holds without noticing. */
const ROOM: Readonly<Record<DiagnosisPart, number>> = {
  pods: 1200,
  logs: 2800,
  events: 1200,
  rollouts: 900,
  status: 600,
  owners: 400,
  quotas: 400,
  consumers: 500,
  signals: 900,
};

const MAX_LINE = 240;
const MAX_FINDING = 240;
const MAX_FINDINGS = 6;
const MAX_WHY = 160;

export interface DiagnosisInput {
  /** Epoch ms. */
  readonly now: number;
  readonly of?: string | undefined;
  readonly outcomes: readonly StepOutcome[];
}

/** Redacts and bounds what the steps have read. Findings come in the order of the steps. */
export function composeDiagnosis({ now, of, outcomes }: DiagnosisInput): Diagnosis {
  const read = outcomes.flatMap((outcome) => ('lines' in outcome ? [outcome] : []));
  const findings = read.flatMap((outcome) => outcome.findings ?? []).slice(0, MAX_FINDINGS);
  return {
    takenAt: new Date(now).toISOString(),
    ...defined({ of }),
    findings: findings.map((text) => safeLine(text, MAX_FINDING)),
    sections: read.flatMap(sectionOf),
    gaps: outcomes.flatMap((outcome) =>
      'why' in outcome ? [{ part: outcome.part, why: safeLine(outcome.why, MAX_WHY) }] : [],
    ),
  };
}

function sectionOf({ part, lines }: { readonly part: DiagnosisPart } & StepResult): DiagnosisSection[] {
  const safe = lines.map((line) => safeLine(line, MAX_LINE)).filter((line) => line !== '');
  // Of logs the end tells why; of everything else the beginning is what matters most.
  const isTail = part === DiagnosisPart.Logs;
  const kept = fitting(isTail ? safe.toReversed() : safe, ROOM[part]);
  if (kept.length === 0) return [];
  const leftOut = safe.length - kept.length;
  return [{ part, lines: isTail ? kept.toReversed() : kept, ...(leftOut === 0 ? {} : { leftOut }) }];
}

function fitting(lines: readonly string[], room: number): string[] {
  let left = room;
  const end = lines.findIndex((line) => (left -= line.length) < 0);
  return lines.slice(0, end === -1 ? lines.length : end);
}

/** Redacted before it is cut, so that no half of a secret is left that nothing recognises. */
function safeLine(text: string, max: number): string {
  return cut(plainLine(redactText(text)), max);
}
