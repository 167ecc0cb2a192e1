import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdComment, holdMatchers, type OwnSilence, planHold } from '../../../src/domain/notice/page-hold.ts';

const ID = 'remediation/default/HighLatency/0123456789abcdef/1';
const NOW = Date.parse('2024-01-01T00:00:00.000Z');
const exact = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

function silence(from: number, to: number, overrides: Partial<OwnSilence> = {}): OwnSilence {
  const endsAt = NOW + to * 1000;
  return {
    id: 's',
    startsAt: NOW + from * 1000,
    endsAt,
    isExpired: to <= 0,
    comment: holdComment(ID, endsAt),
    ...overrides,
  };
}

const plan = (own: OwnSilence[], seconds: number, maxSeconds = 600) => planHold({ own, now: NOW, seconds, maxSeconds });
const at = (seconds: number) => NOW + seconds * 1000;

describe('what is silenced', () => {
  it('is the alert with exactly these labels, and never what this remediation raises', () => {
    const labels = { service: 'a"b\n{}', alertname: 'HighLatency', cluster: '.*' };
    expect(holdMatchers({ remediationId: ID, labels })).toEqual([
      exact('alertname', 'HighLatency'),
      exact('cluster', '.*'),
      exact('service', 'a"b\n{}'),
      { name: 'mendloop_remediation', value: ID, isRegex: false, isEqual: false },
    ]);
  });

  it('may be narrowed down to some labels, the name always among them', () => {
    const labels = { alertname: 'HighLatency', pod: 'a', namespace: 'prod' };
    const names = ['namespace', 'team'];
    expect(holdMatchers({ remediationId: ID, labels, names, others: ['pod', 'job'] })).toMatchObject([
      exact('alertname', 'HighLatency'),
      exact('namespace', 'prod'),
      exact('team', ''), // Missing, or the silence would hold back the page of another team's alert.
      { name: 'mendloop_remediation' },
    ]);
  });

  it('is no alert that has more labels, where it is known which those may be', () => {
    const labels = { alertname: 'HighLatency', namespace: 'prod' };
    const others = ['pod', 'namespace', 'mendloop_remediation', 'constructor'];
    expect(holdMatchers({ remediationId: ID, labels, others })).toMatchObject([
      exact('alertname', 'HighLatency'),
      exact('constructor', ''),
      exact('namespace', 'prod'),
      exact('pod', ''),
      { name: 'mendloop_remediation', value: ID, isEqual: false },
    ]);
  });

  it.each([
    ['has no name', { service: 'a' }],
    ['has an empty name', { alertname: '' }],
    ['is what Mendloop itself raised', { alertname: 'RemediationFailed', service: 'a' }],
    ['is about a remediation', { alertname: 'X', mendloop_remediation: 'remediation/a' }],
    ['has a label whose value is not kept', { alertname: 'X', db_password: '[redacted]' }],
  ])('is nothing if the alert %s', (_, labels) => {
    expect(holdMatchers({ remediationId: ID, labels })).toBeUndefined();
  });

  it('is not hindered by a hidden label that is left out', () => {
    const labels = { alertname: 'X', db_password: '[redacted]' };
    expect(holdMatchers({ remediationId: ID, labels, names: ['alertname'] })).toHaveLength(2);
  });
});

describe('how long a page is held', () => {
  it.each<[string, OwnSilence[], number, unknown]>([
    ['from now', [], 120, { do: 'create', until: at(120) }],
    ['at most for the maximum', [], 3600, { do: 'create', until: at(600) }],
    ['as it is, if that is long enough', [silence(-10, 300)], 120, { do: 'keep' }],
    ['longer, in the same silence', [silence(-10, 60)], 120, { do: 'extend', until: at(120) }],
    ['never past the maximum since the first hold', [silence(-500, 60)], 120, { do: 'extend', until: at(100) }],
    ['as it is, at the maximum', [silence(-500, 100)], 120, { do: 'keep' }],
    ['again, what is left of the maximum', [silence(-500, -100)], 600, { do: 'create', until: at(100) }],
    ['not any more, if the maximum is used up', [silence(-600, 0)], 60, { do: 'nothing', reason: 'used_up' }],
    ['not any more, long after', [silence(-9000, -8400)], 60, { do: 'nothing', reason: 'used_up' }],
    [
      'not again, if somebody has ended it',
      [silence(-50, -20, { comment: holdComment(ID, at(300)) })],
      60,
      { do: 'nothing', reason: 'ended_early' },
    ],
    [
      'still, if an edit made another silence of it',
      [silence(-50, -20, { comment: holdComment(ID, at(300)) }), silence(-20, 10)],
      60,
      { do: 'extend', until: at(60) },
    ],
  ])('%s', (_, own, seconds, expected) => {
    expect(plan(own, seconds)).toMatchObject(expected as object);
  });

  it('never reaches past the maximum since the first, however often it is asked for', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(400_000), seconds: fc.integer({ min: 1, max: 7200 }) }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3600 }), (asked, maxSeconds) => {
        let now = NOW;
        let own: OwnSilence[] = [];
        let first: number | undefined;
        for (const { wait, seconds } of asked) {
          now += wait;
          own = own.map((one) => ({ ...one, isExpired: one.endsAt < now }));
          const decided = planHold({ own, now, seconds, maxSeconds });
          if (decided.do === 'create') {
            first ??= now;
            own.push({
              id: 'x',
              startsAt: now,
              endsAt: decided.until,
              isExpired: false,
              comment: holdComment(ID, decided.until),
            });
          }
          if (decided.do === 'extend') {
            own = own.map((one) => (one === decided.silence ? { ...one, endsAt: decided.until } : one));
          }
          if (first !== undefined) {
            expect(Math.max(...own.map(({ endsAt }) => endsAt))).toBeLessThanOrEqual(first + maxSeconds * 1000);
          }
          expect(own.filter(({ isExpired }) => !isExpired).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
