import type { Resource } from '@opentelemetry/resources';

/** Who sends the telemetry, by the semantic conventions; `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
export async function telemetryResource(version: string): Promise<Resource> {
  const {
    defaultResource,
    detectResources,
    envDetector,
    hostDetector,
    resourceFromAttributes,
    serviceInstanceIdDetector,
  } = await import('@opentelemetry/resources');
  const own = resourceFromAttributes({ 'service.name': 'mendloop', 'service.version': version });
  const found = detectResources({ detectors: [hostDetector, serviceInstanceIdDetector, envDetector] });
  return defaultResource().merge(own).merge(found);
}
