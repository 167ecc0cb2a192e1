# How a cure is proven.
package mendloop.lib

# The fields of a verification that are the same for every rule.
timing(more) := object.filter(
	object.union(defaults, more),
	{"intervalSeconds", "consecutive", "deadlineSeconds", "maxAgeSeconds"},
)

# The fields of a plan that are the same for every rule.
patience(more) := object.filter(object.union(defaults, more), {"effectDeadlineSeconds", "watchSeconds"})

# The service's own objective, else its SLO. Undefined if it has neither: what cannot be proven is not done.
service_objective(_, settings) := setting(settings, "objective")

service_objective(name, settings) := objective if {
	not setting(settings, "objective")
	latency := slo(name).latency
	objective := {
		"name": latency_name(latency.quantile),
		"query": latency_query(name, settings, latency.quantile),
		"comparison": "<=",
		"threshold": latency.thresholdSeconds,
		"unit": "s",
	}
}

# The share of a service's requests that fail, within what is promised.
errors_objective(name, settings) := {
	"name": "failed requests",
	"query": errors_query(name, settings),
	"comparison": "<=",
	"threshold": slo(name).errors.maxRatio,
	"unit": "ratio",
}

# That the alert neither fires nor waits to fire any more, as Prometheus itself says it: for what an alert measures and no
# object shows. `of`: by which labels it is known again.
alert_objective(of) := {
	"name": concat(" ", [alertname, "pending or firing"]),
	"query": {
		"expr": concat("", ["count(ALERTS{", concat(",", matchers), "})"]),
		"vars": object.union({"alertname": alertname}, of),
	},
	"whenEmpty": "zero",
	"comparison": "<",
	"threshold": 1,
} if {
	# Sorted: the engines walk through an object in different orders.
	matchers := array.concat(
		["alertname=$alertname"],
		sort([matcher | some label, value in of; matcher := matcher_of(label, value)]),
	)
}

matcher_of(label, value) := concat("", [label, "=~$", label]) if {
	is_object(value)
} else := concat("", [label, "=$", label])

# That no new Pods come to a node, as kube-state-metrics says it.
out_of_use_objective(node) := {
	"name": "node out of use",
	"query": {"expr": "max(kube_node_spec_unschedulable{node=$node})", "vars": {"node": node}},
	"comparison": ">=",
	"threshold": 1,
}

# The same as `pod_objective`, on all Pods of the workload: the one that the alert names may be gone by then.
workload_objective(namespace, pod, settings) := {
	"name": measured.name,
	"query": {
		"expr": replace(measured.expr, "pod=$pod", "pod=~$pod"),
		"vars": {"namespace": namespace, "pod": {"prefix": workload_prefix(pod)}},
	},
	"comparison": "<=",
	"threshold": settings.proof.threshold,
	"unit": measured.unit,
} if {
	measured := pod_query(settings, settings.proof.measure)
}

# `proof` of the settings, {measure, threshold}, on one Pod.
pod_objective(namespace, pod, settings) := {
	"name": measured.name,
	"query": {"expr": measured.expr, "vars": {"namespace": namespace, "pod": pod}},
	"comparison": "<=",
	"threshold": settings.proof.threshold,
	"unit": measured.unit,
} if {
	measured := pod_query(settings, settings.proof.measure)
}

# The latency of services beside it, each by its own SLO's quantile, else by that of the service that is helped.
service_neighbours(name, settings) := [neighbour |
	some beside in object.get(settings, "neighbours", [])
	neighbour := latency_neighbour(beside, object.get(slo(beside), ["latency", "quantile"], quantile))
] if {
	quantile := object.get(slo(name), ["latency", "quantile"], "0.95")
}

latency_neighbour(name, quantile) := {
	"name": concat(" ", [name, latency_name(quantile)]),
	"query": latency_query(name, object.union(object.get(data.services, name, {}), override(["services", name])), quantile),
	"better": "lower",
	"tolerance": defaults.neighbourTolerance,
	"minChange": defaults.neighbourMinChangeSeconds,
	"unit": "s",
}

# "0.95" is p95.
latency_name(quantile) := concat("", ["p", substring(quantile, 2, -1), " latency"])
