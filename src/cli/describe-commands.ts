import { shellWord } from '../domain/text/shell-word.ts';

/** What a person can paste into another terminal to look into a Mendloop that runs. */
export function describeCommands(running: {
  /** `npx mendloop`, say. */
  readonly command: string;
  /** `host:port` of Temporal. */
  readonly temporal: string;
  readonly settingsFile?: string | undefined;
}): readonly string[] {
  const { command, temporal, settingsFile } = running;
  const settings = settingsFile === undefined ? '' : ` MENDLOOP_CONFIG=${shellWord(settingsFile)}`;
  return [
    `export TEMPORAL_ADDRESS=${temporal}${settings}`,
    `${command} remediations`,
    `${command} show latest`,
    `${command} guards`,
  ];
}
