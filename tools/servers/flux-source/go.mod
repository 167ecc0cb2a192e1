// Nothing is built of it: tests install the CRDs that the module holds.
module mendloop.dev/tools/servers/flux-source

go 1.26.0

require github.com/fluxcd/source-controller v1.8.0
