import type { ActionTable } from '../action-table.ts';
import { podTable } from '../pod-subject.ts';

export const table: ActionTable = { ...podTable, action: 'delete_pod' };
