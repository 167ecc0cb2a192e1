import type { HoldPagesSettings } from '../../../config/notifications.ts';
import type { AlertState, AlertStateRequest } from '../../../domain/notice/page-hold.ts';
import { type AlertStateOptions, createAlertStates } from './alert-state.ts';
import { createAlertmanagerApi } from './alertmanager-api.ts';
import { createSilences, type Silences } from './silences.ts';

/** All that is asked of the Alertmanager whose pages are held back. */
export interface PageHolder extends Silences {
  /** @throws MendloopError `AlertmanagerUnavailable` or `AlertmanagerRefused`, as all the others. */
  alertState(request: AlertStateRequest, signal?: AbortSignal): Promise<AlertState>;
  close(): Promise<void>;
}

export function createPageHolder(settings: HoldPagesSettings, options: AlertStateOptions = {}): PageHolder {
  const api = createAlertmanagerApi(settings.endpoint);
  return { ...createSilences(api, settings), alertState: createAlertStates(api, options), close: () => api.close() };
}
