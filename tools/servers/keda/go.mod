// Nothing is built of it: tests install the CRDs that the module holds.
module mendloop.dev/tools/servers/keda

go 1.26.0

require github.com/kedacore/keda/v2 v2.19.0
