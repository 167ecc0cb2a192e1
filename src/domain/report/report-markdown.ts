import { describePlot } from '../plot/describe-plot.ts';
import { renderPlot } from '../plot/render-plot.ts';
import { originOf } from '../plot/scales.ts';
import type { RemediationPlot } from '../plot/remediation-plots.ts';
import { cut, plainLine } from '../text/plain-text.ts';
import { storyClock } from './report-clock.ts';
import type { ReportContent } from './report-content.ts';

const SIZE = { width: 720, height: 260 };
const MAX_TEXT = 1200;
const SIGNS = { good: '✓', warn: '!', bad: '✗', calm: '–' } as const;

export interface MarkdownOptions {
  /** Plots as SVG pictures inside it, each a line of some 10 kB; else they are told in words, as a terminal can show. */
  readonly pictures?: boolean;
}

/** The post-mortem as Markdown that can be read as it is, in a terminal too: the story first, then all there is. */
export function renderReportMarkdown(content: ReportContent, { pictures = false }: MarkdownOptions = {}): string {
  const { title, badge, story, facts, timeline, plots, diff, evidence, diagnosis, links } = content;
  const clock = storyClock(timeline.map(({ at }) => at));
  const item = (name: string, text: string) => `- **${plain(name)}:** ${plain(text)}`;
  return [
    ...[`# ${plain(title)}`, '', `**${SIGNS[badge.tone]} ${plain(badge.text)}**`, ''],
    ...story.map(([question, answer]) => item(question, answer)),
    '',
    ...section(
      'Timeline',
      timeline.map(
        ({ step, text }, index) => `- ${clock[index] ?? ''} ${plain(step.replaceAll('_', ' '))}: ${plain(text)}`,
      ),
    ),
    ...section(
      'Measured',
      plots.flatMap((plot, index) => (pictures ? [picture(plot, index), ''] : [item(plot.title, inWords(plot))])),
    ),
    ...section(
      'Evidence before the act',
      evidence.map(({ name, text }) => item(name, text)),
    ),
    ...section(
      'Diagnosis',
      diagnosis.flatMap(([heading, lines]) => [
        `- **${plain(heading)}**`,
        ...lines.map((line) => `  - ${plain(line)}`),
      ]),
    ),
    ...section('The planned change', diff === undefined ? [] : ['```diff', diff.replaceAll('```', "'''"), '```']),
    ...section(
      'In detail',
      facts.map(([name, value]) => item(name, value)),
    ),
    ...section(
      'Links',
      links.map(({ text, url }) => `- ${plain(text)}: <${encodeURI(decodeSafely(url))}>`),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

/** Texts never stand at the beginning of a line, so that only what could be markup within one has to be escaped. */
function plain(text: string): string {
  return cut(plainLine(text), MAX_TEXT).replace(
    /[\\`*[\]]|<(?=[\p{L}/!?])|&(?=#?\w+;)|~(?=~)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu,
    '\\$&',
  );
}

function inWords(plot: RemediationPlot): string {
  const input = { ...plot, ...SIZE };
  return describePlot(input, originOf(input));
}

function picture(plot: RemediationPlot, index: number): string {
  const svg = renderPlot({ ...plot, ...SIZE, theme: 'light', heading: true, id: `plot-${index}` });
  return `![${plain(plot.title)}](data:image/svg+xml,${encodeURIComponent(svg)})`;
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
