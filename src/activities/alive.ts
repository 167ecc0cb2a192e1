import { heartbeat } from '@temporalio/activity';
import { toApplicationFailure } from './failure.ts';

/** Milliseconds between two signs of life; within what the workflow's heartbeat timeout leaves. */
const PULSE_MS = 1000;

/** With a sign of life, by which a worker that died is told from one that waits. Fails as `typed` does. */
export async function alive<T>(call: () => Promise<T>): Promise<T> {
  const pulse = setInterval(heartbeat, PULSE_MS);
  try {
    return await typed(call);
  } finally {
    clearInterval(pulse);
  }
}

/** Turns what is thrown into what a workflow understands. */
export async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}
