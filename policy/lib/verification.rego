# How a cure is proven. The numbers are in data.json; a service may have its own.
package mendloop.lib

# The fields of a verification that are the same for every rule.
timing(overrides) := object.filter(
	object.union(data.defaults, overrides),
	{"intervalSeconds", "consecutive", "deadlineSeconds", "maxAgeSeconds"},
)

# The fields of a plan that are the same for every rule.
patience(overrides) := object.filter(
	object.union(data.defaults, overrides),
	{"readyDeadlineSeconds", "watchSeconds"},
)

window(overrides) := object.get(overrides, "window", data.defaults.window)

# A quantile of a service's own request latency. The window goes into the expression, because it is the operator's;
# names go in as variables, because they may be anybody's.
latency_query(service, quantile, range) := {
	"expr": concat("", [
		"histogram_quantile(", quantile,
		", sum(rate(http_request_duration_seconds_bucket{service=$service}[", range, "])) by (le))",
	]),
	"vars": {"service": service},
}

latency_neighbour(service, quantile, range) := {
	"name": concat("", [service, " p", quantile_digits(quantile), " latency"]),
	"query": latency_query(service, quantile, range),
	"better": "lower",
	"tolerance": data.defaults.neighbourTolerance,
	"minChange": data.defaults.neighbourMinChangeSeconds,
	"unit": "s",
}

# "0.95" is p95.
quantile_digits(quantile) := substring(quantile, 2, -1)
