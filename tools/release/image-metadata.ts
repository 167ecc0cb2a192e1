export interface ReleaseFacts {
  readonly version: string;
  /** Of the sources. */
  readonly revision: string;
  /** RFC 3339. */
  readonly created: string;
  readonly description: string;
  readonly license: string;
}

/** One image of a release: what is built of which stage, and what it says of itself. */
export interface ImageMetadata {
  /** Stage of the Dockerfile. */
  readonly target: string;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  /** Source: OCI image specification, pre-defined annotation keys. */
  readonly labels: Readonly<Record<string, string>>;
}

const REPOSITORY = 'ghcr.io/mendloop/mendloop';
const SOURCE = 'https://github.com/mendloop/mendloop';
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

/** The images of a release, with the tags that the chart asks for. */
export function imageMetadata({ version, revision, created, description, license }: ReleaseFacts): ImageMetadata[] {
  const labels = {
    'org.opencontainers.image.title': 'mendloop',
    'org.opencontainers.image.description': description,
    'org.opencontainers.image.licenses': license,
    'org.opencontainers.image.source': SOURCE,
    'org.opencontainers.image.version': version,
    'org.opencontainers.image.revision': revision,
    'org.opencontainers.image.created': created,
  };
  return [
    { target: 'plain', tags: [`${REPOSITORY}:${version}`], platforms: PLATFORMS, labels },
    { target: 'standalone', tags: [`${REPOSITORY}:${version}-standalone`], platforms: PLATFORMS, labels },
  ];
}
