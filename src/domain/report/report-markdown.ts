import { renderPlot } from '../plot/render-plot.ts';
import { plainText } from '../remediation/remediation-details.ts';
import type { ReportContent } from './report-content.ts';

const SIZE = { width: 720, height: 260 };

/** The post-mortem as Markdown of its own: plots are SVG pictures inside it. */
export function renderReportMarkdown(content: ReportContent): string {
  const { title, summary, facts, timeline, plots, diff, evidence, links } = content;
  const cell = (text: string) => plainText(text, 1200);
  return [
    `# ${cell(title)}`,
    '',
    cell(summary),
    '',
    '| | |',
    '| --- | --- |',
    ...facts.map(([name, value]) => `| **${cell(name)}** | ${cell(value)} |`),
    '',
    '## What happened',
    '',
    ...timeline.map(({ at, step, text }) => `1. \`${at}\` *${cell(step.replaceAll('_', ' '))}*: ${cell(text)}`),
    '',
    ...plots.flatMap((plot, index) => [
      `![${cell(plot.title)}](${dataUrl(renderPlot({ ...plot, ...SIZE, theme: 'light', heading: true, id: `plot-${index}` }))})`,
      '',
    ]),
    ...section(
      'Evidence before the act',
      evidence.map(({ name, text }) => `- **${cell(name)}**: ${cell(text)}`),
    ),
    ...section('The planned change', diff === undefined ? [] : ['```diff', diff.replaceAll('```', "'''"), '```']),
    ...section(
      'Links',
      links.map(({ text, url }) => `- [${cell(text)}](<${encodeURI(decodeSafely(url))}>)`),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function dataUrl(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}
