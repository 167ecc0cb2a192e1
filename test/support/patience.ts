/**
 * Milliseconds that a server may take for one answer, and a condition until it holds, on a machine that is busy with all the
 * other suites. A test that holds does not wait for it.
 */
export const PATIENCE_MS = 90_000;
