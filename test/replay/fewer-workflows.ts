/** A build that has lost the workflow that everything is about. */
export { allClear } from '../../src/workflows/all-clear.ts';
export { sweep } from '../../src/workflows/sweep.ts';
