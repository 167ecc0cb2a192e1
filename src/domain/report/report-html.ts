import { markup, type Markup, toText } from '../plot/markup.ts';
import { drawPlot } from '../plot/render-plot.ts';
import { storyClock } from './report-clock.ts';
import type { ReportContent } from './report-content.ts';

const SIZE = { width: 860, height: 300 };

/** One file: no script, nothing from elsewhere, readable on light and on dark, and on paper. */
const STYLE = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:900px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #8884}
th{width:12rem}
svg{max-width:100%;height:auto;margin:1rem 0}
time{font-variant-numeric:tabular-nums}
pre{overflow:auto;padding:.8rem;border:1px solid #8884}
h1{margin:0 0 .4rem;line-height:1.2}
dt{font-weight:600;margin-top:.7rem}
dd{margin:0}
.badge{display:inline-block;padding:.1rem .7rem;border-radius:1rem;font-weight:600;border:1px solid currentColor}
.good{color:light-dark(#0b6b46,#5fd6a0)}.warn{color:light-dark(#855000,#f0bd62)}
.bad{color:light-dark(#b3261e,#ff9a91)}.calm{color:light-dark(#4a5665,#b4c0cc)}
ol{list-style:none;padding:0}li{padding:.15rem 0}
`;

/** The post-mortem as one HTML file. */
export function renderReportHtml(content: ReportContent): string {
  const { title, badge, story, facts, timeline, plots, diff, evidence, diagnosis, links } = content;
  const clock = storyClock(timeline.map(({ at }) => at));
  const rows = facts.map(([name, value]) =>
    markup('tr', {}, [markup('th', { scope: 'row' }, [name]), markup('td', {}, [value])]),
  );
  const page = markup('html', { lang: 'en' }, [
    markup('head', {}, [
      markup('meta', { charset: 'utf-8' }),
      markup('meta', { name: 'viewport', content: 'width=device-width' }),
      markup('meta', {
        'http-equiv': 'Content-Security-Policy',
        content: "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
      }),
      markup('title', {}, [title]),
      markup('style', {}, [STYLE]),
    ]),
    markup('body', {}, [
      markup('h1', {}, [title]),
      markup('p', {}, [markup('span', { class: `badge ${badge.tone}` }, [badge.text])]),
      markup(
        'dl',
        {},
        story.flatMap(([question, answer]) => [markup('dt', {}, [question]), markup('dd', {}, [answer])]),
      ),
      ...plots.map((plot, index) => drawPlot({ ...plot, ...SIZE, heading: true, id: `plot-${index}` })),
      markup('h2', {}, ['Timeline']),
      markup(
        'ol',
        {},
        timeline.map((entry, index) => timelineItem(entry, clock[index] ?? '')),
      ),
      ...section(
        'Evidence before the act',
        evidence.map(({ name, text }) => markup('p', {}, [markup('strong', {}, [name]), `: ${text}`])),
      ),
      ...section(
        'Diagnosis',
        diagnosis.flatMap(([heading, lines]) => [markup('h3', {}, [heading]), markup('pre', {}, [lines.join('\n')])]),
      ),
      ...section('The planned change', diff === undefined ? [] : [markup('pre', {}, [diff])]),
      markup('h2', {}, ['In detail']),
      markup('table', {}, [markup('tbody', {}, rows)]),
      ...section(
        'Links',
        links.map(({ text, url }) => markup('p', {}, [markup('a', { href: url, rel: 'noreferrer' }, [text])])),
      ),
    ]),
  ]);
  return `<!doctype html>\n${toText(page)}\n`;
}

function timelineItem({ at, step, text }: ReportContent['timeline'][number], clock: string): Markup {
  return markup('li', {}, [markup('time', { datetime: at }, [clock]), ` ${step.replaceAll('_', ' ')}: ${text}`]);
}

function section(title: string, content: readonly Markup[]): Markup[] {
  return content.length === 0 ? [] : [markup('h2', {}, [title]), ...content];
}
