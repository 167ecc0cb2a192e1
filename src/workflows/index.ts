/** Every workflow the worker registers; the bundler's one entry. */
export { remediation } from './remediation.ts';
