import { z } from 'zod';
import { BY_STATE } from './node-facts.ts';

/** A qualified name, as Kubernetes has it, and none of those that Kubernetes sets and takes by the node's state. */
export const taintKeySchema = z
  .string()
  .max(253)
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'expected the key of a taint',
  )
  .refine(
    (key) => !key.startsWith(BY_STATE),
    `expected a key without ${BY_STATE}: Kubernetes sets those by the node's state`,
  );

export const taintValueSchema = z
  .string()
  .max(63)
  .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/, 'expected the value of a taint');

export const taintEffectSchema = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
