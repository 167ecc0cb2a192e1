import { markup, type Markup, toText } from '../plot/markup.ts';
import { drawPlot } from '../plot/render-plot.ts';
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
`;

/** The post-mortem as one HTML file. */
export function renderReportHtml(content: ReportContent): string {
  const { title, summary, facts, timeline, plots, diff, evidence, links } = content;
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
      markup('p', {}, [summary]),
      markup('table', {}, [markup('tbody', {}, rows)]),
      ...plots.map((plot, index) => drawPlot({ ...plot, ...SIZE, heading: true, id: `plot-${index}` })),
      markup('h2', {}, ['What happened']),
      markup('ol', {}, timeline.map(timelineItem)),
      ...section(
        'Evidence before the act',
        evidence.map(({ name, text }) => markup('p', {}, [markup('strong', {}, [name]), `: ${text}`])),
      ),
      ...section('The planned change', diff === undefined ? [] : [markup('pre', {}, [diff])]),
      ...section(
        'Links',
        links.map(({ text, url }) => markup('p', {}, [markup('a', { href: url, rel: 'noreferrer' }, [text])])),
      ),
    ]),
  ]);
  return `<!doctype html>\n${toText(page)}\n`;
}

function timelineItem({ at, step, text }: ReportContent['timeline'][number]): Markup {
  return markup('li', {}, [
    markup('time', { datetime: at }, [at.slice(11, 23)]),
    ` ${step.replaceAll('_', ' ')}: ${text}`,
  ]);
}

function section(title: string, content: readonly Markup[]): Markup[] {
  return content.length === 0 ? [] : [markup('h2', {}, [title]), ...content];
}
