import { describe, expect, it } from 'vitest';
import { asAdmitted } from '../../../src/domain/cost/as-admitted.ts';
import { podRequests } from '../../../src/domain/cost/pod-requests.ts';

const template = { containers: [{ name: 'main', resources: { requests: { cpu: '100m', memory: '64Mi' } } }] };
const cpuOf = (...given: Parameters<typeof asAdmitted>) => podRequests(asAdmitted(...given)).cpu;

describe('what the next Pod will request', () => {
  it('is what its template says where there is none to look at', () => {
    expect(asAdmitted(template, undefined)).toBe(template);
  });

  it('has the overhead of its RuntimeClass', () => {
    expect(cpuOf(template, { ...template, overhead: { cpu: '250m' } })).toBeCloseTo(0.35);
  });

  it('has what was injected, sidecars before the others too', () => {
    const proxy = { name: 'proxy', resources: { requests: { cpu: '50m' } } };
    expect(cpuOf(template, { containers: [...template.containers, proxy] })).toBeCloseTo(0.15);
    const sidecar = { ...proxy, restartPolicy: 'Always' };
    const heavy = { name: 'migrate', resources: { requests: { cpu: '400m' } } };
    const withInit = { ...template, initContainers: [heavy] };
    expect(cpuOf(withInit, { ...template, initContainers: [sidecar, heavy] })).toBeCloseTo(0.45);
  });

  it('has the defaults of a LimitRange, where the template declares nothing', () => {
    const silent = { containers: [{ name: 'main' }, { name: 'limited', resources: { limits: { cpu: '1' } } }] };
    const admitted = {
      containers: [
        { name: 'main', resources: { requests: { cpu: '200m' } } },
        { name: 'limited', resources: { requests: { cpu: '3' }, limits: { cpu: '3' } } },
      ],
    };
    expect(cpuOf(silent, admitted)).toBeCloseTo(1.2);
  });

  it('has nothing of a resize in place, nor of a container that the template no longer has', () => {
    expect(cpuOf(template, { containers: [{ name: 'main', resources: { requests: { cpu: '2' } } }] })).toBeCloseTo(0.1);
  });
});
