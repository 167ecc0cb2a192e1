import { accessSync, constants } from 'node:fs';
import { delimiter } from 'node:path';
import type { Config } from './schema.ts';

/**
 * Sees at start that a kubeconfig that the operator named is there. Where none is named, the usual places are looked at
 * later, and a cluster that is not there is no fault of the settings.
 *
 * @throws Error of one line, with the file and where it is named.
 */
export function checkKubeconfig(
  { kubeconfig }: Config['kubernetes'],
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const [files, whence] =
    kubeconfig === undefined
      ? [(env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== ''), '$KUBECONFIG']
      : [[kubeconfig], 'kubernetes.kubeconfig'];
  const missing = files.find((file) => !isReadable(file));
  if (missing !== undefined) throw new Error(`the kubeconfig ${missing}, named by ${whence}, cannot be read`);
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
