import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message } from '../../../src/workflows/remediation/notices.ts';
import { untilDone } from '../../../src/workflows/remediation/stages/until-done.ts';

/** A workflow's own timer, on a clock that nobody has to wait for. */
vi.mock(import('@temporalio/workflow'), async (original) => ({
  ...(await original()),
  sleep: (ms) => {
    vi.setSystemTime(Date.now() + Number(ms));
    return Promise.resolve();
  },
}));

const START = Date.parse('2026-08-01T12:00:00Z');
const MINUTE = 60_000;
/** What one series of attempts with its own backoff takes. */
const SERIES_MS = 90_000;
const away = (type = 'KubernetesUnavailable') => ApplicationFailure.create({ type, message: 'connection refused' });

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Fails until so many minutes have passed; gives what people were told, and when. */
async function tried({ minutes, error = away() }: { minutes: number; error?: Error }) {
  const told: { message: Message; minute: number }[] = [];
  const entered: string[] = [];
  let attempts = 0;
  const life = {
    record: { step: 'compensating', enter: (_step: unknown, text: string) => void entered.push(text) },
    notify: (message: Message) => {
      told.push({ message, minute: Math.round((Date.now() - START) / MINUTE) });
      return Promise.resolve();
    },
  };
  const result = await untilDone(life as never, {
    attempt: () => {
      attempts += 1;
      vi.setSystemTime(Date.now() + SERIES_MS);
      return Date.now() - START > minutes * MINUTE ? Promise.resolve('done') : Promise.reject(error);
    },
    isHealable: (failure) => failure instanceof ApplicationFailure,
    what: 'Undoing "scale"',
    manualCommand: 'kubectl scale',
    occasion: 'undo-failing',
  });
  return { result, told, entered, attempts };
}

describe('an effect or an undo that fails again and again', () => {
  it('is told to a human after half an hour of failed attempts, once, and goes on until it is done', async () => {
    const { result, told, entered, attempts } = await tried({ minutes: 300 });
    expect(result).toBe('done');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      message: { kind: 'escalated', occasion: 'undo-failing', manualCommand: 'kubectl scale' },
    });
    expect(told[0]?.message.text).toMatch(/Undoing "scale" has failed for half an hour \(connection refused\)/);
    // From the first failure, which came at the end of the first series.
    expect(told[0]?.minute).toBeGreaterThanOrEqual(31);
    expect(told[0]?.minute).toBeLessThanOrEqual(34);
    expect(entered).toHaveLength(1);
    expect(attempts).toBeGreaterThan(100);
  });

  it('is told to nobody where it is done within that', async () => {
    expect(await tried({ minutes: 28 })).toMatchObject({ result: 'done', told: [] });
  });

  it('is given up at once where trying again cannot help, or it was cancelled', async () => {
    await expect(tried({ minutes: 300, error: new Error('broken') })).rejects.toThrow('broken');
    await expect(tried({ minutes: 300, error: new CancelledFailure('cancelled') })).rejects.toThrow('cancelled');
  });
});

it('time in which no worker ran, and nothing was tried, is no failure', async () => {
  const told: Message[] = [];
  let attempts = 0;
  const life = {
    record: { step: 'acting', enter: () => undefined },
    notify: (message: Message) => Promise.resolve(void told.push(message)),
  };
  await untilDone(life as never, {
    attempt: () => {
      attempts += 1;
      // Scheduled an hour before a worker came back, which then did it.
      vi.setSystemTime(Date.now() + 60 * MINUTE);
      return Promise.resolve();
    },
    ...{ isHealable: () => true, what: 'x', occasion: 'y' },
  });
  expect({ told, attempts }).toEqual({ told: [], attempts: 1 });
});
