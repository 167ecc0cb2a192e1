import { connectTemporal } from '../../clients/temporal/connect.ts';
import { listPastRemediations } from '../../clients/temporal/past-remediations.ts';
import type { Config } from '../../config/schema.ts';
import type { PastRemediation } from '../../domain/promotion/scorecard.ts';
import { createLogger } from '../../telemetry/logger.ts';
import { installRuntime } from '../../workers/create-worker.ts';
import { REMEDIATION_WORKFLOW } from '../../contract/remediation.ts';
import { keyword, searchAttributes } from '../../contract/search-attributes.ts';

/** Remediations that ended in so many milliseconds before now, newest first, from the Temporal of the settings. */
export async function readPast(
  config: Config,
  { sinceMs, rule }: { sinceMs: number; rule?: string },
): Promise<PastRemediation[]> {
  // Not before there is a connection to close: a runtime that was never used keeps the process from ending.
  installRuntime(createLogger(config.log, { destination: process.stderr })); // Standard output is for the answer.
  const temporal = await connectTemporal(config.temporal);
  try {
    return await listPastRemediations({
      client: temporal.client,
      workflowType: REMEDIATION_WORKFLOW,
      attributes: searchAttributes,
      since: Date.now() - sinceMs,
      ...(rule === undefined ? {} : { rule: keyword(rule) }),
    });
  } finally {
    await temporal.close();
  }
}
