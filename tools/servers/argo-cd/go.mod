// Nothing is built of it: tests install the CRDs that the module holds.
module mendloop.dev/tools/servers/argo-cd

go 1.26.0

require github.com/argoproj/argo-cd/v3 v3.3.0
