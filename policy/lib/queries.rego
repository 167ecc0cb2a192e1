# PromQL. The operator's own words go into an expression; what comes from an alert goes in as a variable, which Mendloop
# quotes and escapes.
package mendloop.lib

window(settings) := object.get(object.get(settings, "defaults", {}), "window", defaults.window)

metrics(settings) := object.union(defaults.metrics, object.get(settings, "metrics", {}))

# A quantile of a service's request latency, in seconds.
latency_query(name, settings, quantile) := {
	"expr": concat("", [
		"histogram_quantile(", quantile, ", sum(rate(",
		requests(settings, "_bucket", ""), "[", window(settings), "])) by (le))",
	]),
	"vars": {"service": name},
}

# Requests a second.
traffic_query(name, settings) := {
	"expr": concat("", ["sum(rate(", requests(settings, "_count", ""), "[", window(settings), "]))"]),
	"vars": {"service": name},
}

# The share of requests that failed, 0..1. While none fails there may be no series of failed ones: that is zero.
errors_query(name, settings) := {
	"expr": concat("", [
		"(sum(rate(", requests(settings, "_count", failed), "[", window(settings), "])) or vector(0)) / sum(rate(",
		requests(settings, "_count", ""), "[", window(settings), "]))",
	]),
	"vars": {"service": name},
} if {
	failed := concat("", [",", metrics(settings).statusLabel, `=~"5.."`])
}

requests(settings, suffix, matchers) := concat("", [
	metrics(settings).requestSeconds, suffix,
	"{", metrics(settings).serviceLabel, "=$service", matchers, "}",
])

# What one Pod may be proven by, with its name and unit.
pod_query(settings, measure) := {
	"throttled_seconds": {
		"name": "CPU throttling of the Pod",
		"unit": "s/s",
		"expr": concat("", ["max(", pod_rate("container_cpu_cfs_throttled_seconds_total", settings), ")"]),
	},
	"throttled_periods": {
		"name": "throttled share of the Pod's CPU periods",
		"unit": "ratio",
		"expr": concat("", [
			"sum(", pod_rate("container_cpu_cfs_throttled_periods_total", settings), ") / ",
			"sum(", pod_rate("container_cpu_cfs_periods_total", settings), ")",
		]),
	},
	"cpu_of_limit": {
		"name": "CPU used of the Pod's limit",
		"unit": "ratio",
		"expr": concat("", [
			"sum(", pod_rate("container_cpu_usage_seconds_total", settings), ") / ",
			"sum(container_spec_cpu_quota", pod_selector, " / container_spec_cpu_period", pod_selector, ")",
		]),
	},
}[measure]

# Without the series of the whole Pod, which would count everything twice.
pod_selector := `{namespace=$namespace,pod=$pod,container!=""}`

pod_rate(metric, settings) := concat("", ["rate(", metric, pod_selector, "[", window(settings), "])"])

# Seconds throttled in a second, of the worst container of all Pods of a workload.
throttling_query(target, settings) := {
	"expr": concat("", [
		"max(rate(container_cpu_cfs_throttled_seconds_total{namespace=$namespace,pod=~$pod}[",
		window(settings), "]))",
	]),
	"vars": {"namespace": target.namespace, "pod": {"prefix": concat("", [target.name, "-"])}},
}
