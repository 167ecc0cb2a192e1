package mendloop.rules.checkout_below_its_promise

import data.mendloop.lib

wants := {"alertname": "CheckoutBelowItsPromise"}

names := {"namespace", "deployment"}

# As many as are promised, all of them ready and without a restart for eight seconds.
plan := lib.plan("scale", {
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"settings": {},
	"parameters": {"replicas": 3},
	"conditions": [{"kind": "ready"}, {"kind": "no_restarts", "forSeconds": 8}],
})

mode := "auto"

examples := [{"namespace": "shop", "deployment": "checkout"}]
