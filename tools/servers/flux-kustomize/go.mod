// Nothing is built of it: tests install the CRDs that the module holds.
module mendloop.dev/tools/servers/flux-kustomize

go 1.26.0

require github.com/fluxcd/kustomize-controller v1.9.6
