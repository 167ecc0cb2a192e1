import { MendloopError } from '../../../domain/failures.ts';
import { findDataFaults } from './find-data-faults.ts';

/** Faults that are told; `mendloop policy lint` tells them all, with their places. */
const MAX_TOLD = 5;

/** @throws MendloopError `PolicyUnavailable` if the data of a policy does not fit its schema. */
export function refuseUnfitData(data: object): void {
  const faults = findDataFaults(data).map(({ message }) => message);
  if (faults.length === 0) return;
  const more = faults.length > MAX_TOLD ? `; and ${faults.length - MAX_TOLD} more` : '';
  throw new MendloopError(
    'PolicyUnavailable',
    `the policy cannot be used, its data does not fit: ${faults.slice(0, MAX_TOLD).join('; ')}${more}`,
  );
}
