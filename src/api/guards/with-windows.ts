import type { Calendar } from '../../domain/windows/calendar.ts';
import type { GuardStore } from '../../store/store.ts';

/** The guards with the windows of the settings, as they stand when people look. */
export function withWindows(guards: GuardStore, calendar: Pick<Calendar, 'readings'>): GuardStore {
  return {
    pause: (order) => guards.pause(order),
    resume: (order) => guards.resume(order),
    reset: (request) => guards.reset(request),
    overview: async () => ({ ...(await guards.overview()), windows: calendar.readings(Date.now()) }),
  };
}
