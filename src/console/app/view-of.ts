import { empty } from '../parts/layout.ts';
import type { Route } from '../route.ts';
import { h } from '../element.ts';
import { HistoryView } from '../views/history-view.ts';
import { NowView } from '../views/now-view.ts';
import { RemediationView } from '../views/remediation-view.ts';
import { UnhandledView } from '../views/unhandled-view.ts';
import type { View, ViewContext } from './view.ts';

export function viewOf(route: Route, context: ViewContext): View {
  switch (route.view) {
    case 'now':
      return new NowView(context);
    case 'history':
      return new HistoryView(context, route.filter);
    case 'unhandled':
      return new UnhandledView(context);
    case 'remediation':
      return new RemediationView(context, route.id);
    case 'missing':
      return MISSING;
  }
}

const nothing = () => undefined;

const MISSING: View = {
  title: 'Not found',
  render: () => [
    h('h1', { key: 'title', tabindex: -1 }, 'Not found'),
    empty('There is no view at this address.'),
    h('p', {}, h('a', { href: '#/' }, 'What happens now')),
  ],
  ...{ refresh: nothing, onChange: nothing, onTick: nothing, onHold: nothing, dispose: nothing },
};
