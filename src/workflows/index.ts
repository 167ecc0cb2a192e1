/** Every workflow the worker registers; the bundler's one entry. */
import './short-stacks.ts';

export { allClear } from './all-clear.ts';
export { auditRetention } from './audit-retention.ts';
export { remediation } from './remediation/remediation.ts';
export { sweep } from './sweep.ts';
