import { z } from 'zod';

const MAX_VALUE = 32_768;

export const patchConfigMapParametersSchema = z
  .strictObject({
    /** Of the target's namespace, and one that its Pods read. */
    configMap: z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a ConfigMap'),
    key: z
      .string()
      .max(253)
      .regex(/^[-._a-zA-Z0-9]+$/, 'must be the key of a ConfigMap'),
    /** All values that it may be given, whatever an alert says. */
    allowed: z.array(z.string().max(MAX_VALUE)).min(1).max(50),
    /** The one that it is given. */
    value: z.string().max(MAX_VALUE),
    /** `replace`: it is the value. `merge`: an object, whose members go over those of the YAML or JSON that the value is. */
    strategy: z.enum(['replace', 'merge']).default('replace'),
    /** Ready Pods that the restart must leave at any time, unless none is ready. */
    minReadyPeers: z.number().int().min(0).max(10_000).default(1),
  })
  .refine(({ value, allowed }) => allowed.includes(value), {
    path: ['value'],
    message: 'expected one of those in `allowed`',
  });
export type PatchConfigMapParameters = z.infer<typeof patchConfigMapParametersSchema>;
