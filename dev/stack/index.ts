export * from '../../src/local/index.ts';
export { ChromiumUnavailable, ensureChromium } from './browser/ensure-chromium.ts';
export { findChromium } from './browser/find-chromium.ts';
export { type AlertmanagerServer, startAlertmanager } from './alertmanager-server.ts';
export { type CollectorServer, startCollector } from './collector-server.ts';
export { type PrometheusServer, startPrometheus } from './prometheus-server.ts';
export {
  startTemporalService,
  type TemporalService,
  type TemporalServiceOptions,
} from './temporal-service/temporal-service.ts';
export { untilQuotaCounts } from './quota-use.ts';
