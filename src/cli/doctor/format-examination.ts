import { type Paint, type Tone } from '../output/style.ts';
import { plainLine } from '../../domain/text/plain-text.ts';
import type { Examination, Finding } from './examine.ts';

const MAX_DETAILS = 20;

/** What a person reads: by category, and for what is wrong where to read on. */
export function formatExamination({ checks }: Examination, paint: Paint): string {
  const lines: string[] = [];
  let category = '';
  for (const finding of checks) {
    if (finding.category !== category) lines.push(...(category === '' ? [] : ['']), paint('strong', finding.category));
    category = finding.category;
    lines.push(...told(finding, paint));
  }
  const count = (holds: (finding: Finding) => boolean) => checks.filter(holds).length;
  const fatal = count(({ status, severity }) => status === 'failed' && severity === 'fatal');
  const warnings = count(({ status, severity }) => status === 'failed' && severity === 'warning');
  const passed = count(({ status }) => status === 'ok');
  const left = count(({ status }) => status === 'skipped');
  return [...lines, '', `${passed} hold, ${fatal} fatal, ${warnings} warnings, ${left} not asked`].join('\n');
}

function told(finding: Finding, paint: Paint): string[] {
  const { code, text, details = [], link, status } = finding;
  const [word, tone] = wordOf(finding);
  const more = details.length - MAX_DETAILS;
  return [
    `  ${paint(tone, word.padEnd(8))} ${code}: ${plainLine(text)}`,
    ...details.slice(0, MAX_DETAILS).map((detail) => `           - ${plainLine(detail)}`),
    ...(more > 0 ? [`           - and ${more} more: --json has all`] : []),
    ...(status === 'failed' ? [`           ${paint('dim', `what to do: ${link}`)}`] : []),
  ];
}

function wordOf({ status, severity }: Finding): readonly [string, Tone] {
  if (status === 'ok') return ['ok', 'good'];
  if (status === 'skipped') return ['-', 'dim'];
  return severity === 'fatal' ? ['FAILED', 'bad'] : ['warning', 'busy'];
}
