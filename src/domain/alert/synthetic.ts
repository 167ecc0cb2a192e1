/** Name of the alert by which `mendloop doctor` tries the way of an alert: no rule of Prometheus has it. */
export const SYNTHETIC_ALERT = 'MendloopDoctor';
