/**
 * What one process of the shop does. All of it comes from the Pod: the environment of its container, its CPU limit,
 * and what Kubernetes' downward API would add.
 */
export interface ShopSettings {
  /** `order-service`, `catalog`, ... */
  readonly service: string;
  /** CPU limit in thousandths of a core. */
  readonly cpuLimitMillis: number;
  /** CPU milliseconds that the work for one request takes. */
  readonly workCpuMs: number;
  /** Milliseconds spent waiting for somebody outside the cluster, as a payment gateway waits for the bank. */
  readonly outsideMs: number;
  /** Service that must answer before we answer. */
  readonly calls: string | undefined;
  /** Service that is told after we answered, and may take its time. */
  readonly notifies: string | undefined;
  /** Requests that may wait; one more is refused at once. */
  readonly queueLimit: number;
  /** Milliseconds after which a waiting request is refused: whoever sent it has lost patience. */
  readonly queueTimeoutMs: number;
  /** File that says where the other services listen; see `endpoints.ts`. */
  readonly endpointsFile: string;
}

/** @throws Error that names the variable. */
export function readShopSettings(env: Readonly<Record<string, string | undefined>>): ShopSettings {
  const text = (name: string): string => {
    const value = env[name];
    if (value === undefined || value === '') throw new Error(`the variable ${name} is not set`);
    return value;
  };
  const number = (name: string, fallback?: number): number => {
    const value = env[name] === undefined && fallback !== undefined ? fallback : Number(text(name));
    if (!Number.isFinite(value) || value < 0) throw new Error(`the variable ${name} is not a number of 0 or more`);
    return value;
  };
  return {
    service: text('SERVICE'),
    cpuLimitMillis: number('CPU_LIMIT_MILLIS'),
    workCpuMs: number('WORK_CPU_MS'),
    outsideMs: number('OUTSIDE_MS', 0),
    calls: env['CALLS'],
    notifies: env['NOTIFIES'],
    queueLimit: number('QUEUE_LIMIT', 500),
    queueTimeoutMs: number('QUEUE_TIMEOUT_MS', 800),
    endpointsFile: text('ENDPOINTS_FILE'),
  };
}
