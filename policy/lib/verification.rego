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
