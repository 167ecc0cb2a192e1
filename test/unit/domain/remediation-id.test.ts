import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toRemediationId, remediationId } from '../../../src/domain/alert/remediation-id.ts';

const idOf = (alertname: string, startsAt = '2026-01-01T00:00:00Z') =>
  remediationId({ labels: { alertname }, fingerprint: '0123456789abcdef', startsAt });

describe('toRemediationId', () => {
  it('knows every ID that there can be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (name) => {
        expect(toRemediationId(idOf(name))).toBe(idOf(name));
      }),
    );
    expect(toRemediationId(idOf('A', '0001-01-01T00:00:00Z'))).toBe(idOf('A', '0001-01-01T00:00:00Z'));
  });

  it('puts right what was decoded once too often', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w /:"'<>ü\n]{1,40}$/), (name) => {
        expect(toRemediationId(decodeURIComponent(idOf(name)))).toBe(idOf(name));
      }),
    );
  });

  it.each([
    '',
    'remediation',
    'remediation/A/0123456789abcdef',
    'remediation//0123456789abcdef/1',
    'remediation/A/0123456789ABCDEF/1',
    'remediation/A/0123456789abcdef/NaN',
    'remediation/A/0123456789abcdef/1/',
    ' remediation/A/0123456789abcdef/1',
    'guard/cluster/default',
    'guard/target/default/shop/Deployment/api',
    'ledger/default/all',
  ])('takes %j for no remediation', (text) => {
    expect(toRemediationId(text)).toBeUndefined();
  });
});
