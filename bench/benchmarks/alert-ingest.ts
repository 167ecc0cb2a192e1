import type { Benchmark } from '../benchmark.ts';
import { compareIngest, type Ingest } from './compare-ingest.ts';

/** Alerts that policy has for a human: each becomes a workflow that says so and ends. */
const WANTED: Ingest = { name: 'alert-ingest', alertname: 'etcdNoLeader', group: 50, least: 0.85 };

export const alertIngest: Benchmark = {
  name: WANTED.name,
  title: `Alerts made durable, in groups of ${WANTED.group}, while the worker deals with those before`,
  run: (context) => compareIngest(context, WANTED),
};
