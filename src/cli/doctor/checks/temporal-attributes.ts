import { type AttributeFault, faultsOfAttributes } from '../../../clients/temporal/search-attributes.ts';
import { ATTRIBUTE_TYPES } from '../../../contract/search-attributes.ts';
import { type Check, failed, ok } from '../check.ts';

export const temporalAttributes: Check = {
  code: 'temporal-attributes',
  category: 'temporal',
  description: 'The namespace knows every search attribute of Mendloop, with its type.',
  severity: 'fatal',
  deadlineSeconds: 10,
  beforeInstall: true,
  needs: ['temporal-namespace'],
  async run(world) {
    const { client, connection } = await world.temporal();
    const { namespace } = client.options;
    const faults = await faultsOfAttributes(connection, { namespace, wanted: ATTRIBUTE_TYPES });
    return faults.length === 0
      ? ok(`all ${Object.keys(ATTRIBUTE_TYPES).length}`)
      : failed('Temporal refuses every start until they are there', faults.map(tell));
  },
};

function tell({ name, wanted, found }: AttributeFault): string {
  return found === undefined ? `${name} (${wanted}) is missing` : `${name} is ${found}, not ${wanted}`;
}
