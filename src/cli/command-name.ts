import { isStartedByNpx } from '../config/npx.ts';

/** The command as it was typed here, for what is to be pasted. */
export function commandName(env?: Readonly<Record<string, string | undefined>>): string {
  return isStartedByNpx(env) ? 'npx mendloop' : 'mendloop';
}

/** A text of help with its commands as they were typed here. */
export function asTyped(help: string, name = commandName()): string {
  return help.replaceAll(/((?:\$|\||`|[A-Z_]+=\S+) )mendloop(?= )|`mendloop(?= )/g, (found) =>
    found.replace('mendloop', name),
  );
}
