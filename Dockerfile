# syntax=docker/dockerfile:1
# Two images. `plain`: the API and the workers. `standalone`: the pinned Temporal server as well, for `mendloop up`.
#
#     docker build --target plain --tag mendloop:0.1.0 .
#     docker build --target standalone --tag mendloop:0.1.0-standalone .
#
# A release names both bases by digest: --build-arg BUILD=node@sha256:... --build-arg RUNTIME=gcr.io/distroless/...@sha256:...
ARG BUILD=node:24-bookworm-slim
ARG RUNTIME=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD} AS compiled
WORKDIR /src
ENV MENDLOOP_CACHE=/cache
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates xz-utils && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node tools/build.ts

FROM compiled AS servers
RUN node tools/servers.ts ensure temporal

FROM compiled AS build
# One native bridge of five: that of this machine.
RUN npm prune --omit=dev && node tools/image/keep-one-bridge.ts /src

FROM ${RUNTIME} AS plain
WORKDIR /app
COPY --from=build /src/LICENSE /app/LICENSE
COPY --from=build /src/package.json /app/package.json
COPY --from=build /src/bin /app/bin
COPY --from=build /src/dist /app/dist
COPY --from=build /src/policy /app/policy
COPY --from=build /src/temporal /app/temporal
COPY --from=build /src/tools/servers.json /app/tools/servers.json
COPY --from=build /src/node_modules /app/node_modules
USER 65532:65532
EXPOSE 8080 9464
# Of the container's memory limit: the rest is for what is outside of the heap, the native bridge among it.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size-percentage=70", "/app/bin/mendloop.js"]
CMD ["--help"]

FROM plain AS standalone
COPY --from=servers /cache/servers /opt/mendloop/servers
ENV MENDLOOP_CACHE=/opt/mendloop
# Temporal's server and the embedded store share the container.
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size-percentage=40", "/app/bin/mendloop.js"]
CMD ["up"]
