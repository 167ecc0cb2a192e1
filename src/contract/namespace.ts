/** Days for which the namespace keeps histories of what has ended: how far back scorecards, lists and post-mortems see. */
export const RETENTION_DAYS = 90;
