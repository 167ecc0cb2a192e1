import { windowsSchema } from '../../src/config/windows-schema.ts';
import type { ChangeWindow } from '../../src/domain/windows/window.ts';

/** Windows as the settings give them: a freeze in Berlin's time unless `overrides` say otherwise. */
export function someWindows(...overrides: Record<string, unknown>[]): readonly ChangeWindow[] {
  return windowsSchema.parse(
    overrides.map((override, index) => ({
      ...{ name: `window ${index + 1}`, kind: 'freeze', timeZone: 'Europe/Berlin' },
      ...{ from: '2026-11-26T18:00', until: '2026-11-30T08:00' },
      ...override,
    })),
  );
}
