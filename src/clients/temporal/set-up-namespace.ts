import type { TemporalClientLink } from './connect-client.ts';
import { ensureNamespace } from './ensure-namespace.ts';
import { addAttributes, type AttributeTypes, faultsOfAttributes, untilAttributesServe } from './search-attributes.ts';
import { temporalFailure } from './temporal-failure.ts';

/**
 * What Mendloop needs of a namespace: that it is there, keeps histories for at least so long, and knows the search
 * attributes: settles when workflows can be started with them. May be run again. Gives what was done, one thing a line.
 *
 * @throws Error that begins with `invalid` if an attribute is there under another type; MendloopError
 * `TemporalUnavailable`, with the server's own words where it refuses.
 */
export async function setUpNamespace(
  { client, connection }: Pick<TemporalClientLink, 'client' | 'connection'>,
  { retentionDays, attributes }: { readonly retentionDays: number; readonly attributes: AttributeTypes },
): Promise<string[]> {
  const { namespace } = client.options;
  const ensured = await ensureNamespace(client, { retentionDays });
  const days = `keeps histories for ${Math.round(ensured.retentionDays)} days`;
  const words = { made: 'made', 'retention raised': 'retention raised', none: 'there already' };
  const lines = [`namespace ${namespace}: ${words[ensured.change]}, ${days}`];
  try {
    const faults = await faultsOfAttributes(connection, { namespace, wanted: attributes });
    const wrong = faults.find(({ found }) => found !== undefined);
    if (wrong !== undefined) {
      throw new Error(`invalid search attribute ${wrong.name}: expected ${wrong.wanted}, it is ${wrong.found}`);
    }
    const missing = Object.fromEntries(faults.map(({ name, wanted }) => [name, wanted]));
    if (faults.length > 0) await addAttributes(connection, { namespace, wanted: missing });
    await untilAttributesServe(client, Object.keys(attributes));
    lines.push(
      `search attributes: ${faults.length === 0 ? 'there already' : `added ${Object.keys(missing).join(', ')}`}`,
    );
  } catch (error) {
    throw error instanceof Error && error.message.startsWith('invalid') ? error : temporalFailure(error);
  }
  return lines;
}
