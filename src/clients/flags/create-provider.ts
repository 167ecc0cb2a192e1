import { FlagdProvider } from '@openfeature/flagd-provider';
import type { Provider } from '@openfeature/server-sdk';
import type { FlagSettings } from '../../config/flags-schema.ts';
import { createFileProvider, type FileProviderOptions } from './file-provider.ts';
import { createOfrepProvider } from './ofrep-provider.ts';

/** The provider that the settings name. Its connection is made, and made again, by itself. */
export function createProvider(settings: FlagSettings, watch: Omit<FileProviderOptions, 'path'> = {}): Provider {
  switch (settings.provider) {
    case 'file':
      return createFileProvider({ path: settings.file, ...watch });
    case 'flagd':
      return new FlagdProvider({
        resolverType: 'in-process',
        host: settings.host,
        port: settings.port,
        tls: settings.tls,
        ...(settings.caFile === undefined ? {} : { certPath: settings.caFile }),
      });
    case 'ofrep':
      return createOfrepProvider(settings.endpoint);
  }
}
