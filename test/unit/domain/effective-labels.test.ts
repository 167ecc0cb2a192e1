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

  it('takes the exported service and node by themselves', () => {
    const labels = effectiveLabels({ namespace: 'shop', node: 'a', exported_node: 'b', exported_service: 'cart' });
    expect(labels).toMatchObject({ namespace: 'shop', node: 'b', service: 'cart' });
  });

  it('leaves everything else as it was sent', () => {
    const labels = { ...exporter, exported_job: 'batch', exported_pod: '' };
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
