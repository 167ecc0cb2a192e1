import type { Alert } from './alert.ts';

type Labels = Readonly<Record<string, string>>;

const PREFIX = 'exported_';

/** Of what is scraped or of what a metric is about: only these are told apart, because policy finds the object by them. */
const OBJECT_LABELS = ['namespace', 'pod', 'container', 'service', 'node'] as const;

/** An exporter has all of these, the object that it tells of perhaps not. */
const EXPORTER_LABELS = ['namespace', 'pod', 'container'] as const;

/**
 * The labels by which the object that suffers is found. Where a scrape has labels of its own, Prometheus keeps them and
 * renames those of the metric: then `namespace`, `pod` and `container` are the exporter's, and `exported_namespace`,
 * `exported_pod` and `exported_container` the object's. Those take the plain names here, and what is the exporter's alone
 * has none: an exporter is never taken for the object.
 *
 * `service` goes with them if it is the exporter's, which is seen by its job or Pod; a rule may have set it to another.
 * Every label keeps its exported name too, and everything else is as it was sent. Only for finding the object: the
 * alert's own labels are its identity, at its source and in silences.
 */
export function effectiveLabels(labels: Labels): Labels {
  const exported = OBJECT_LABELS.filter((name) => hasValue(labels[PREFIX + name]));
  if (exported.length === 0) return labels;
  const effective = new Map(Object.entries(labels));
  if (EXPORTER_LABELS.some((name) => exported.includes(name))) {
    for (const name of EXPORTER_LABELS) effective.delete(name);
    if (isExporter(labels)) effective.delete('service');
  }
  for (const name of exported) effective.set(name, labels[PREFIX + name] ?? '');
  return Object.fromEntries(effective);
}

/** The alert as policy sees it. */
export function effectiveAlert(alert: Alert): Alert {
  const labels = effectiveLabels(alert.labels);
  return labels === alert.labels ? alert : { ...alert, labels };
}

function isExporter({ service, job, pod }: Labels): boolean {
  return hasValue(service) && (service === job || pod?.startsWith(`${service}-`) === true);
}

function hasValue(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
