# One rule of the tests' own, whose plans cost money: five Pods, and if those do not help, four.
package mendloop.rules.slow_ladder

import data.mendloop.lib

wants := {"alertname": "Slow"}

names := {"namespace", "deployment"}

plans := [scaled(5, 20), scaled(4, 120)]

scaled(replicas, seconds) := lib.plan("scale", {
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"parameters": {"replicas": replicas},
	"settings": {
		"budget": {"name": "default", "expectedHours": 1},
		"defaults": {"deadlineSeconds": seconds, "intervalSeconds": 1, "maxAgeSeconds": 5},
	},
	"objective": {
		"name": "latency",
		"query": {
			"expr": "max(test_latency_seconds{deployment=$deployment})",
			"vars": {"deployment": lib.labels.deployment},
		},
		"comparison": "<=",
		"threshold": 0.2,
		"unit": "s",
	},
})
