# The article's flash-sale plan in every part that costs time before the act (a budget check, an objective, a neighbour),
# on any Deployment, with signals that Prometheus has of itself. It is added to Mendloop's own policy.
package mendloop.rules.bench

import data.mendloop.lib

wants := {"alertname": "BenchSaturation"}

names := {"namespace", "deployment"}

plan := object.union(lib.patience({"readyDeadlineSeconds": 60, "watchSeconds": 60}), {
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
				"name": "p95 of Prometheus's own scrapes",
				"query": {
					"expr": concat("", [
						"histogram_quantile(0.95, ",
						"sum(rate(prometheus_http_request_duration_seconds_bucket{handler=$handler}[1s])) by (le))",
					]),
					"vars": {"handler": "/metrics"},
				},
				"comparison": "<=",
				"threshold": 10,
				"unit": "s",
			},
			"neighbours": [{
				"name": "samples appended",
				"query": {"expr": "sum(rate(prometheus_tsdb_head_samples_appended_total[1s]))", "vars": {}},
				"better": "lower",
				"tolerance": 100,
			}],
		},
	),
})
