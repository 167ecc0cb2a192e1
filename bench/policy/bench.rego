# The article's flash-sale plan in every part that costs time before the act (a budget check, an objective, a neighbour),
# on any Deployment, proven by what Prometheus knows of the cluster. It is added to Mendloop's own policy.
package mendloop.rules.bench

import data.mendloop.lib

wants := {"alertname": "BenchSaturation"}

names := {"namespace", "deployment"}

replicas := {
	"expr": "max(bench_replicas{namespace=$namespace,deployment=$deployment})",
	"vars": {"namespace": lib.labels.namespace, "deployment": lib.labels.deployment},
}

plan := object.union(lib.patience({"effectDeadlineSeconds": 60, "watchSeconds": 60}), {
	"action": "scale",
	"target": {
		"cluster": input.cluster,
		"namespace": lib.labels.namespace,
		"kind": "Deployment",
		"name": lib.labels.deployment,
	},
	"parameters": {"replicas": 2, "allowDecrease": false},
	"budget": {"name": "default", "expectedHours": 4},
	"verification": object.union(
		lib.timing({"intervalSeconds": 0.25, "consecutive": 1, "deadlineSeconds": 30, "maxAgeSeconds": 5}),
		{
			"objective": {
				"name": "replicas",
				"query": replicas,
				"comparison": ">=",
				"threshold": 2,
			},
			"neighbours": [{
				"name": "samples appended",
				"query": {"expr": "max(bench_replicas{namespace=$namespace})", "vars": {"namespace": lib.labels.namespace}},
				"better": "lower",
				"tolerance": 100,
			}],
		},
	),
})
