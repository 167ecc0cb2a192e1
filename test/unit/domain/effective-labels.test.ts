import { describe, expect, it } from 'vitest';
import { effectiveAlert, effectiveLabels } from '../../../src/domain/alert/effective-labels.ts';
import { anAlert } from '../../support/alerts.ts';

/** kube-state-metrics, as its own scrape labels it. */
const exporter = {
  job: 'kube-state-metrics',
  instance: '100.96.4.154:8080',
  namespace: 'monitoring',
  pod: 'kube-state-metrics-855b4fbdb5-crgtg',
  container: 'kube-state-metrics',
  service: 'kube-state-metrics',
};

describe('effectiveLabels', () => {
  it('takes the object that suffers for the exporter that tells of it', () => {
    const labels = effectiveLabels({
      ...exporter,
      alertname: 'KubePodCrashLooping',
      exported_namespace: 'shop',
      exported_pod: 'api-7d9f8b6c5-x2x4z',
      exported_container: 'api',
    });
    expect(labels).toEqual({
      alertname: 'KubePodCrashLooping',
      job: 'kube-state-metrics',
      instance: '100.96.4.154:8080',
      namespace: 'shop',
      pod: 'api-7d9f8b6c5-x2x4z',
      container: 'api',
      exported_namespace: 'shop',
      exported_pod: 'api-7d9f8b6c5-x2x4z',
      exported_container: 'api',
    });
  });

  it.each(['exported_namespace', 'exported_pod', 'exported_container'])(
    'knows no more of the object than %s where only that was exported, and nothing of the exporter',
    (name) => {
      const labels = effectiveLabels({ ...exporter, alertname: 'A', [name]: 'of-the-object' });
      expect(labels[name.slice('exported_'.length)]).toBe('of-the-object');
      const values = [labels['namespace'], labels['pod'], labels['container'], labels['service']];
      expect(values.filter((value) => value !== undefined)).toEqual(['of-the-object']);
    },
  );

  it('keeps the service that a rule has set', () => {
    const labels = effectiveLabels({ ...exporter, service: 'checkout', exported_namespace: 'shop' });
    expect(labels['service']).toBe('checkout');
  });

  it.each(['exported_service', 'exported_job', 'exported_deployment', 'exported_instance', 'exported_statefulset'])(
    'never takes the exporter for the object where only %s is known',
    (name) => {
      const labels = effectiveLabels({ ...exporter, node: 'of-the-exporter', alertname: 'A', [name]: 'of-the-object' });
      expect(labels[name.slice('exported_'.length)]).toBe('of-the-object');
      const { job: _job, instance: _instance, ...rest } = labels;
      expect(Object.values(rest).filter((value) => value !== 'A' && value !== 'of-the-object')).toEqual([]);
    },
  );

  it.each([
    ['Traefik', { exported_service: 'shop-cart-80@kubernetes' }, { service: 'shop-cart-80@kubernetes' }],
    ['ingress-nginx', { exported_namespace: 'shop', exported_service: 'cart' }, { namespace: 'shop', service: 'cart' }],
    ['the Pushgateway', { exported_job: 'nightly', exported_instance: 'db-1' }, { job: 'nightly', instance: 'db-1' }],
    [
      'kube-state-metrics',
      { exported_namespace: 'shop', deployment: 'api', exported_node: 'b' },
      { namespace: 'shop', deployment: 'api', node: 'b' },
    ],
  ])('finds what %s tells of', (_exporter, given, found) => {
    const scrape = { job: 'proxy', service: 'proxy', namespace: 'edge', pod: 'proxy-0', container: 'proxy', node: 'a' };
    const labels = effectiveLabels({ ...scrape, ...given });
    expect(labels).toMatchObject(found);
    expect(Object.entries(labels).filter(([name, value]) => name !== 'job' && /^(edge|proxy|a$)/.test(value))).toEqual(
      [],
    );
  });

  it('hides no more of an alert than of what is scraped: its name, its severity and its cluster stay', () => {
    const labels = { alertname: 'A', severity: 'critical', cluster: 'eu', exported_pod: 'api' };
    const hidden = { exported_alertname: 'B', exported_severity: 'info', exported_cluster: 'kafka' };
    expect(effectiveLabels({ ...labels, ...hidden })).toMatchObject({ ...labels, pod: 'api' });
  });

  it('takes what was hidden first, where a federation has hidden it again', () => {
    const labels = { namespace: 'central', exported_namespace: 'shop', exported_exported_namespace: 'monitoring' };
    expect(effectiveLabels(labels)['namespace']).toBe('shop');
  });

  it('takes kube-state-metrics for no object where its metric is about what hides nothing', () => {
    const labels = effectiveLabels({ ...exporter, alertname: 'KubeNodeNotReady', node: 'worker-1' });
    expect(labels).toMatchObject({ job: 'kube-state-metrics', node: 'worker-1' });
    for (const name of ['namespace', 'pod', 'container', 'service']) expect(labels).not.toHaveProperty(name);
    const honoured = { ...exporter, namespace: 'shop', pod: 'api-1', container: 'api' };
    expect(effectiveLabels(honoured)).toBe(honoured);
  });

  it('leaves everything else as it was sent', () => {
    const labels = { job: 'app', namespace: 'shop', pod: 'app-0', node: 'a', exported_pod: '', exported_: 'x' };
    expect(effectiveLabels(labels)).toBe(labels);
  });

  it('takes __proto__ for the name that it is', () => {
    const labels = JSON.parse('{"__proto__":"x","exported_pod":"api"}') as Record<string, string>;
    expect(JSON.stringify(effectiveLabels(labels))).toContain('"__proto__":"x"');
  });
});

describe('effectiveAlert', () => {
  it('changes neither identity nor anything but the labels', () => {
    const alert = anAlert({ labels: { ...exporter, exported_pod: 'api' } });
    expect(effectiveAlert(alert)).toEqual({ ...alert, labels: effectiveLabels(alert.labels) });
    expect(alert.labels['pod']).toBe(exporter.pod);
  });
});
