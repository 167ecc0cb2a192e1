import { z } from 'zod';
import { readClaims, signClaims } from './signed-claims.ts';

/** Below the API's address. */
export const REPORT_PATH = '/reports';

/** What a report link says: its holder may read the report of this one remediation. */
const reportClaimsSchema = z.strictObject({
  remediationId: z.string().min(1).max(1000),
  /** Milliseconds since the epoch. */
  expiresAt: z.number().int().nonnegative(),
});
export type ReportClaims = z.infer<typeof reportClaimsSchema>;

const KIND = { purpose: 'mendloop/report-link/1', schema: reportClaimsSchema };

/** A token for the path below `REPORT_PATH`. @throws MendloopError `Internal` if the secret is too short to be one. */
export function signReportLink(claims: ReportClaims, secret: string): string {
  return signClaims(KIND, claims, secret);
}

/** The claims of a genuine link, too late or not; undefined for anything else. */
export function readReportLink(token: string, secret: string): ReportClaims | undefined {
  return readClaims(KIND, token, secret);
}
