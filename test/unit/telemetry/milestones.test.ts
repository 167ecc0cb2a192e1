import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsSinceAlert } from '../../../src/domain/remediation/milestone.ts';
import { parseRemediationId } from '../../../src/domain/alert/parse-remediation-id.ts';
import { remediationId } from '../../../src/domain/alert/remediation-id.ts';

describe('seconds since an alert', () => {
  it.each([
    ['12 s later', 0, 12_000, 12],
    ['a clock that is ahead', 5_000, 0, 0],
    ['year 1', Date.parse('0001-01-01T00:00:00Z'), Date.now(), undefined],
    ['no time at all', NaN, Date.now(), undefined],
  ])('%s', (_what, startsAt, now, seconds) => {
    expect(secondsSinceAlert(startsAt, now)).toBe(seconds);
  });
});

describe('the ID of a remediation', () => {
  it('says of its alert what it was made of', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[0-9a-f]{16}$/),
        fc.date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') }),
        (alertname, fingerprint, startsAt) => {
          const id = remediationId({ labels: { alertname }, fingerprint, startsAt: startsAt.toISOString() });
          const parsed = parseRemediationId(id);
          expect(parsed).toMatchObject({ fingerprint, startsAtMs: startsAt.getTime() });
          // A long name is cut; what is left is its beginning.
          expect(alertname.toWellFormed().startsWith(parsed?.alertName ?? '?')).toBe(true);
        },
      ),
    );
  });

  it('is no other ID', () => {
    for (const id of ['guard/cluster/default', 'remediation/A/0123/1', 'remediation/A/B/0123456789abcdef/1', '']) {
      expect(parseRemediationId(id)).toBeUndefined();
    }
  });
});
