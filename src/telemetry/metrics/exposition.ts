/** The two text formats in which Prometheus reads metrics. */
export const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Whether a scraper takes OpenMetrics, the only format that has exemplars. A weight of zero is a refusal. */
export function takesOpenMetrics(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    return type === 'application/openmetrics-text' && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** The end of a sample line that has an exemplar; only ours have one, and only with a trace. */
const exemplar = / # \{trace_id="[0-9a-f]{32}"\} \S+ \S+$/;

/** OpenMetrics in the older format: no exemplars, no end mark, and counters named as their samples are. */
export function toPrometheusText(openMetrics: string): string {
  const counters = countersOf(openMetrics);
  const lines = openMetrics.split('\n').flatMap((line) => {
    if (line === '# EOF') return [];
    return line.startsWith('#')
      ? renamed(line, (name) => (counters.has(name) ? `${name}_total` : name))
      : line.replace(exemplar, '');
  });
  return lines.join('\n');
}

/** The older format, with counters that end in `_total` as those of OpenMetrics must: one name in both formats. */
export function withTotals(text: string): string {
  const short = new Set([...countersOf(text)].filter((name) => !name.endsWith('_total')));
  if (short.size === 0) return text;
  const lines = text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) return renamed(line, (name) => (short.has(name) ? `${name}_total` : name));
    const [name = ''] = /^[^\s{]*/.exec(line) ?? [];
    return short.has(name) ? `${name}_total${line.slice(name.length)}` : line;
  });
  return lines.join('\n');
}

/** The older format as OpenMetrics, without its end mark. Counters have to end in `_total` already. */
export function toOpenMetrics(text: string): string {
  const counters = countersOf(text);
  const lines = text.split('\n').flatMap((line) => {
    if (line === '') return [];
    return line.startsWith('#') ? renamed(line, (name) => (counters.has(name) ? withoutTotal(name) : name)) : line;
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function withoutTotal(name: string): string {
  return name.replace(/_total$/, '');
}

function countersOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name = '']) => name));
}

/** A `# HELP` or `# TYPE` line under another name; any other comment is dropped. */
function renamed(line: string, rename: (name: string) => string): string[] {
  const match = /^# (HELP|TYPE|UNIT) (\S+)(.*)$/.exec(line);
  if (match === null) return [];
  const [, keyword = '', name = '', rest = ''] = match;
  return [`# ${keyword} ${rename(name)}${rest}`];
}
