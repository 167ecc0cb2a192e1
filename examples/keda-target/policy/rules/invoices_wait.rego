package mendloop.rules.invoices_wait

import data.mendloop.lib

wants := {"alertname": "InvoicesWait"}

names := {"namespace", "deployment"}

# The workload is named; that a ScaledObject owns its replicas, Mendloop finds out.
plan := lib.plan("scale", {
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"settings": {},
	"parameters": {"add": 5, "max": 6},
	"objective": {
		"name": "invoices that wait",
		"query": {
			"expr": "sum(invoices_waiting{namespace=$namespace,deployment=$deployment})",
			"vars": {"namespace": lib.labels.namespace, "deployment": lib.labels.deployment},
		},
		"comparison": "<=",
		"threshold": 60,
	},
})

mode := "auto"

examples := [{"namespace": "shop", "deployment": "invoices"}]
