import { z } from 'zod';

/** Annotation of a template that names the remediation which restarted its Pods: `kubectl rollout restart` has the time. */
export const RESTARTED_BY = 'mendloop.dev/restarted-by';

/** What the effects take, and the history keeps. */
export const restartChangeSchema = z.object({
  /** Fingerprint of the template that was seen. */
  template: z.string(),
  minReadyPeers: z.number().int().min(0),
  complaints: z.array(z.string()),
});
export type RestartChange = z.infer<typeof restartChangeSchema>;

/** What `start` hands on. */
export const restartHandleSchema = z.object({
  /** Fingerprint of the template that was set. */
  template: z.string(),
});
export type RestartHandle = z.infer<typeof restartHandleSchema>;
