import type { Fault } from './remediation.ts';

/** Why a remediation did not go as planned, as a name and its text. A person's order is no fault. */
export function describeFault({ type, step, message }: Fault): readonly ['Stopped' | 'Fault', string] {
  const where = `while ${step.replaceAll('_', ' ')}`;
  return isOrdered({ type }) ? ['Stopped', `${message}, ${where}`] : ['Fault', `${type} ${where}: ${message}`];
}

/** Whether a person called the remediation back. */
export function isOrdered({ type }: Pick<Fault, 'type'>): boolean {
  return type === 'Cancelled';
}
