import { join } from 'node:path';

export { policyBuildArguments } from '../clients/policy/build-arguments.ts';

/** Where the build puts the policy bundle that comes with Mendloop, below the package's root. */
export const POLICY_BUNDLE = join('dist', 'policy', 'bundle.tar.gz');
