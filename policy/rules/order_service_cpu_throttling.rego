package mendloop.rules

import data.mendloop.lib

plans["order_service_cpu_throttling"] := object.union(lib.patience(service), {
	"action": "scale",
	"target": object.union({"cluster": input.cluster}, service.target),
	"parameters": {"replicas": service.replicas, "allowDecrease": false},
	"budget": service.budget,
	"verification": object.union(lib.timing(service), {
		"objective": {
			"name": concat("", ["p", lib.quantile_digits(service.latency.quantile), " latency"]),
			"query": lib.latency_query("order-service", service.latency.quantile, lib.window(service)),
			"comparison": "<=",
			"threshold": service.latency.thresholdSeconds,
			"unit": "s",
		},
		"neighbours": [neighbour |
			some name in service.neighbours
			neighbour := lib.latency_neighbour(name, service.latency.quantile, lib.window(service))
		],
	}),
}) if {
	lib.alertname == "OrderServiceCPUThrottling"
	lib.critical
}

refusals["order_service_cpu_throttling"] := "only critical alerts are acted on" if {
	lib.alertname == "OrderServiceCPUThrottling"
	not lib.critical
}

service := data.services["order-service"]
