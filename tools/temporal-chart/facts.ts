/** Ours, for Temporal's own chart. */
export const VALUES = 'helm/temporal/values.yaml';

const FOLDER = 'test/integration/temporal-chart';
/** What the chart makes of them. */
export const RENDERED = `${FOLDER}/rendered.yaml`;
export const FACTS = `${FOLDER}/facts.json`;

/** Of the chart, and how it takes our values. */
export interface Facts {
  /** Of the chart. */
  readonly version: string;
  /** Of the server. */
  readonly appVersion: string;
  /** Of the chart's repository, github.com/temporalio/helm-charts. */
  readonly commit: string;
  /** SHA-256 of the file of values that was rendered. */
  readonly values: string;
  /** Values of ours that change nothing, whatever they are. */
  readonly unread: readonly string[];
}
