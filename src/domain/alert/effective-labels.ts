import type { Alert } from './alert.ts';

type Labels = Readonly<Record<string, string>>;

const PREFIX = 'exported_';

/** What a scrape says of what it scrapes: the exporter's own, wherever the metric is about something else. */
const SCRAPE_LABELS = ['namespace', 'pod', 'container', 'endpoint', 'node'] as const;

/** Of what is scraped the metric can say nothing here: these name the alert, or where it comes from. */
const NEVER_HIDDEN: readonly string[] = ['alertname', 'severity', 'cluster'];

/** Of exporters that only ever tell of others, a part of their jobs' and Pods' names. */
const ONLY_OF_OTHERS = /kube-state-metrics/;

/**
 * The labels by which the object that suffers is found. Where a scrape has labels of its own, Prometheus keeps them and
 * renames those of the metric: then `pod` is the exporter's and `exported_pod` the object's, and so for any other label.
 * The exported ones take the plain names here, and what a scrape alone has said has none: an exporter is never taken for
 * the object. Every label keeps its exported name too.
 *
 * `service` and `job` go with the scrape's if they are the exporter's, which is seen by one another and by its Pod; a rule
 * may have set them to something else. Only for finding the object: the alert's own labels are its identity, at its source
 * and in silences.
 */
export function effectiveLabels(labels: Labels): Labels {
  const exported = Object.keys(labels).filter((label) => hides(label) && hasValue(labels[label]));
  if (exported.length === 0) return ofOthers(labels);
  const effective = new Map(Object.entries(labels));
  for (const name of SCRAPE_LABELS) effective.delete(name);
  if (isExporter(labels)) effective.delete('service');
  for (const label of exported) effective.set(label.slice(PREFIX.length), labels[label] ?? '');
  return Object.fromEntries(effective);
}

/** The alert as policy sees it. */
export function effectiveAlert(alert: Alert): Alert {
  const labels = effectiveLabels(alert.labels);
  return labels === alert.labels ? alert : { ...alert, labels };
}

/** A label that was hidden twice has been hidden by a scrape of a Prometheus: the first is the object's. */
function hides(label: string): boolean {
  if (!label.startsWith(PREFIX) || label.startsWith(PREFIX + PREFIX)) return false;
  const name = label.slice(PREFIX.length);
  return name !== '' && !NEVER_HIDDEN.includes(name);
}

/** Metrics about what has no Pod, as a node, hide nothing: the exporter's labels stand there as if they were theirs. */
function ofOthers(labels: Labels): Labels {
  const { job = '', pod = '' } = labels;
  if (!ONLY_OF_OTHERS.test(job) || !ONLY_OF_OTHERS.test(pod)) return labels;
  const { namespace: _namespace, pod: _pod, container: _container, ...others } = labels;
  if (!isExporter(labels)) return others;
  const { service: _service, ...rest } = others;
  return rest;
}

function isExporter({ service, job, pod }: Labels): boolean {
  return hasValue(service) && (service === job || pod?.startsWith(`${service}-`) === true);
}

function hasValue(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
