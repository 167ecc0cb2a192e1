import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsSinceAlert } from '../../../src/domain/remediation/milestone.ts';
import { identityAttributes } from '../../../src/domain/remediation/span-attributes.ts';
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
  it('says of its incident what it was made of', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.stringMatching(/^[0-9a-f]{16}$/),
        fc.integer({ min: 1, max: 99_999 }),
        (cluster, alertName, fingerprint, n) => {
          const parsed = parseRemediationId(remediationId({ cluster, alertName, fingerprint, n }));
          expect(parsed).toMatchObject({ fingerprint, n });
          // A long part is cut; what is left is its beginning.
          expect(alertName.toWellFormed().startsWith(parsed?.alertName ?? '?')).toBe(true);
          expect(cluster.toWellFormed().startsWith(parsed?.cluster ?? '?')).toBe(true);
        },
      ),
    );
  });

  it('is no other ID', () => {
    for (const id of ['sweep/default', 'remediation/c/A/0123/1', 'remediation/c/A/B/0123456789abcdef/1', '']) {
      expect(parseRemediationId(id)).toBeUndefined();
    }
  });

  it('is what spans are found by', () => {
    const id = remediationId({ cluster: 'eu', alertName: 'Slow', fingerprint: '0123456789abcdef', n: 3 });
    expect(identityAttributes(id)).toEqual({
      'mendloop.remediation.id': id,
      'mendloop.cluster': 'eu',
      'mendloop.alert.name': 'Slow',
      'mendloop.alert.fingerprint': '0123456789abcdef',
    });
    expect(identityAttributes('sweep/default')).toEqual({});
  });
});
