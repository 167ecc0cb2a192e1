import type { Benchmark } from '../benchmark.ts';
import { compareIngest, type Ingest } from './compare-ingest.ts';

/** Alerts that no rule wants: counted, and no workflow. */
const UNWANTED: Ingest = { name: 'unwanted-alerts', alertname: 'BenchNoise', group: 100, least: 10 };

export const unwantedAlerts: Benchmark = {
  name: UNWANTED.name,
  title: `Alerts that no rule wants, in groups of ${UNWANTED.group}`,
  run: (context) => compareIngest(context, UNWANTED),
};
