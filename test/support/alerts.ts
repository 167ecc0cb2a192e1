import type { Alert } from '../../src/domain/alert/alert.ts';

let serial = 0;

/** A firing alert as the flash sale sends it; each call gives a new identity unless `fingerprint` is given. */
export function anAlert(overrides: Partial<Alert> = {}): Alert {
  serial += 1;
  const unique = (BigInt(process.pid) << 32n) + (BigInt(Date.now() & 0xffff) << 16n) + BigInt(serial);
  return {
    status: 'firing',
    labels: {
      alertname: 'OrderServiceCPUThrottling',
      severity: 'critical',
      service: 'order-service',
      team: 'shop',
      namespace: 'production',
    },
    annotations: { summary: 'order-service is throttled' },
    startsAt: new Date().toISOString(),
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: unique.toString(16).padStart(16, '0').slice(-16),
    ...overrides,
  };
}
