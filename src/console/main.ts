import { App } from './app/app.ts';
import { ApiClient } from './net/client.ts';

const root = document.querySelector('#app');
const announcer = document.querySelector('#announcer');
if (root !== null && announcer !== null) {
  new App({ client: new ApiClient(sessionStorage), root, announcer }).start();
}
