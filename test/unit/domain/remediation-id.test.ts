import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRemediationId } from '../../../src/domain/alert/parse-remediation-id.ts';
import { alertIdentity, remediationId, toRemediationId } from '../../../src/domain/alert/remediation-id.ts';

const idOf = (alertName: string, { cluster = 'default', n = 1 } = {}) =>
  remediationId({ cluster, alertName, fingerprint: '0123456789abcdef', n });

const anyText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });

describe('alertIdentity', () => {
  it('takes the cluster from its caller, whatever the labels say', () => {
    const labels = { alertname: 'Slow', cluster: 'another' };
    expect(alertIdentity('ours', { labels, fingerprint: '0123456789abcdef' })).toEqual({
      ...{ cluster: 'ours', alertName: 'Slow', fingerprint: '0123456789abcdef' },
    });
  });

  it.each([{}, { alertname: '' }])('names the alert of %j', (labels) => {
    expect(alertIdentity('ours', { labels, fingerprint: '0123456789abcdef' }).alertName).toBe('unnamed');
  });
});

describe('remediationId', () => {
  it('is read back as it was given', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 999_999_999 }),
        (cluster, alertName, n) => {
          const [given, name] = [cluster.toWellFormed(), alertName.toWellFormed()];
          fc.pre(encodeURIComponent(given).length <= 200 && encodeURIComponent(name).length <= 200);
          expect(parseRemediationId(idOf(name, { cluster: given, n }))).toEqual({
            ...{ cluster: given, alertName: name, fingerprint: '0123456789abcdef', n },
          });
        },
      ),
    );
  });

  it('is one for each number and each cluster, whatever is in their names', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), fc.nat(99)), {
          minLength: 2,
          maxLength: 2,
          selector: ([a, b, c]) => JSON.stringify([a.toWellFormed(), b.toWellFormed(), c]),
        }),
        (all) => {
          const [first, second] = all.map(([cluster, name, n]) => idOf(name, { cluster, n }));
          expect(first).not.toBe(second);
        },
      ),
    );
  });
});

describe('toRemediationId', () => {
  it('knows every ID that there can be', () => {
    fc.assert(
      fc.property(anyText, anyText, (name, cluster) => {
        expect(toRemediationId(idOf(name, { cluster }))).toBe(idOf(name, { cluster }));
      }),
    );
  });

  it('puts right what was decoded once too often', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w /:"'<>ü\n]{1,40}$/),
        fc.stringMatching(/^[\w :ü]{1,40}$/),
        (name, cluster) => {
          expect(toRemediationId(decodeURIComponent(idOf(name, { cluster })))).toBe(idOf(name, { cluster }));
        },
      ),
    );
  });

  it.each([
    '',
    'remediation',
    'remediation/A/0123456789abcdef/1',
    'remediation/default/A/0123456789abcdef',
    'remediation//A/0123456789abcdef/1',
    'remediation/default//0123456789abcdef/1',
    'remediation/default/A/0123456789ABCDEF/1',
    'remediation/default/A/0123456789abcdef/NaN',
    'remediation/default/A/0123456789abcdef/0',
    'remediation/default/A/0123456789abcdef/-1',
    'remediation/default/A/0123456789abcdef/1/',
    ' remediation/default/A/0123456789abcdef/1',
    'guard/cluster/default',
  ])('takes %j for no remediation', (text) => {
    expect(toRemediationId(text)).toBeUndefined();
    expect(parseRemediationId(text)).toBeUndefined();
  });
});
