import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIAGNOSIS_STEPS } from '../../../src/activities/diagnosis/steps/index.ts';
import { composeDiagnosis, type StepOutcome } from '../../../src/domain/diagnosis/compose-diagnosis.ts';
import { DiagnosisPart } from '../../../src/domain/diagnosis/diagnosis.ts';
import { diagnosisParts, shortDiagnosis } from '../../../src/domain/diagnosis/diagnosis-text.ts';
import { logLines } from '../../../src/domain/diagnosis/log-lines.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const parts = Object.values(DiagnosisPart);

describe('composeDiagnosis', () => {
  it('stays small whatever was read, and says what it left out', () => {
    const line = 'ü'.repeat(5000);
    const outcomes: StepOutcome[] = parts.map((part) => ({
      part,
      lines: Array.from({ length: 1000 }, () => line),
      findings: Array.from({ length: 100 }, () => line),
    }));
    const diagnosis = composeDiagnosis({ now, of: 'Deployment shop/cart', outcomes });
    // Two bytes each: what is counted are UTF-16 code units.
    expect(Buffer.byteLength(JSON.stringify(diagnosis))).toBeLessThan(24_000);
    expect(diagnosis.sections.map(({ leftOut = 0 }) => leftOut > 900)).toEqual(parts.map(() => true));
    expect(diagnosis.findings).toHaveLength(6);
  });

  it('stays small where nothing can be read either', () => {
    const outcomes: StepOutcome[] = parts.map((part) => ({ part, why: 'x'.repeat(10_000) }));
    expect(JSON.stringify(composeDiagnosis({ now, outcomes })).length).toBeLessThan(3000);
  });

  it('keeps the end of logs, and the beginning of everything else', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index} of what was written`);
    const outcomes: StepOutcome[] = [
      { part: 'logs', lines },
      { part: 'events', lines },
    ];
    const [logs, events] = composeDiagnosis({ now, outcomes }).sections;
    expect(logs?.lines.at(-1)).toBe('line 499 of what was written');
    expect(events?.lines[0]).toBe('line 0 of what was written');
  });

  it('holds no secret, and no half of one', () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    const padded = `${'x'.repeat(225)} password=${'hunter2'.repeat(20)}`;
    const outcomes: StepOutcome[] = [
      { part: 'logs', lines: [`key ${secret}`, padded], findings: [`token: ${secret}`] },
      { part: 'events', why: `Authorization: Bearer abc123def456` },
    ];
    const text = JSON.stringify(composeDiagnosis({ now, outcomes }));
    expect(text).not.toMatch(/AKIAIOSFODNN7EXAMPLE|hunter2|abc123def456/);
    expect(text).toContain('[redacted]');
  });

  it('keeps each line on one line, and shows what cannot be seen', () => {
    const outcomes: StepOutcome[] = [{ part: 'logs', lines: ['one\n# two\u202egnp.exe'] }];
    expect(composeDiagnosis({ now, outcomes }).sections[0]?.lines).toEqual(['one # two\\u{202e}gnp.exe']);
  });
});

describe('logLines', () => {
  it('hides a key of which the tail begins in the middle', () => {
    const text = 'MIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\nstarted\n';
    expect(logLines(text, 10)).toEqual(['[redacted]', 'started']);
  });

  it('leaves what stands before a whole key', () => {
    const text = 'loading\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nfailed\n';
    expect(logLines(text, 10)).toEqual(['loading', '[redacted]', 'failed']);
  });

  it('takes the last lines', () => {
    expect(logLines('a\nb\n\nc\n', 2)).toEqual(['b', 'c']);
  });
});

describe('diagnosisParts', () => {
  it('begins with what tells most, and ends with what could not be read', () => {
    const diagnosis = composeDiagnosis({
      now,
      outcomes: [
        { part: 'pods', lines: ['cart-1: Running'], findings: ['1 of 1 Pods: container main waits: CrashLoopBackOff'] },
        { part: 'events', why: 'not permitted: list events' },
      ],
    });
    expect(diagnosisParts(diagnosis)).toEqual([
      ['What tells most', ['1 of 1 Pods: container main waits: CrashLoopBackOff']],
      ['Pods', ['cart-1: Running']],
      ['Could not be read', ['Events: not permitted: list events']],
    ]);
    expect(shortDiagnosis(diagnosis)).toEqual(['Seen: 1 of 1 Pods: container main waits: CrashLoopBackOff']);
  });

  it('tells in short that nothing could be read', () => {
    const diagnosis = composeDiagnosis({ now, outcomes: [{ part: 'events', why: 'no answer within 6 s' }] });
    expect(shortDiagnosis(diagnosis)).toEqual([
      'Seen: nothing that tells why; not read: events (no answer within 6 s)',
    ]);
  });
});

describe('the steps', () => {
  it('are all that the folder has, one for each part', () => {
    const files = readdirSync(new URL('../../../src/activities/diagnosis/steps/', import.meta.url))
      .filter((file) => file !== 'index.ts')
      .map((file) => file.replace('.ts', ''));
    expect(Object.keys(DIAGNOSIS_STEPS).toSorted()).toEqual(files.toSorted());
    expect(Object.keys(DIAGNOSIS_STEPS).toSorted()).toEqual(parts.toSorted());
  });
});
