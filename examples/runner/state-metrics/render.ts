import type { Family, Sample, StateObject } from './family.ts';

/** The families of some objects in Prometheus' text format. */
export function renderFamilies(families: readonly Family[], objects: readonly StateObject[]): string {
  return families
    .map(({ name, type, samplesOf }) => {
      const lines = objects.flatMap((object) => samplesOf(object).map((sample) => lineOf(name, sample)));
      return [`# TYPE ${name} ${type}`, ...lines, ''].join('\n');
    })
    .join('');
}

function lineOf(name: string, { labels, value }: Sample): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
