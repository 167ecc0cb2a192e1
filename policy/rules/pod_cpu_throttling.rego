package mendloop.rules

import data.mendloop.lib

plans["pod_cpu_throttling"] := object.union(lib.patience(data.pod_cpu_throttling), {
	"action": "scale",
	"target": {"cluster": input.cluster, "namespace": lib.labels.namespace, "kind": "Pod", "name": lib.labels.pod},
	"parameters": {"replicas": data.pod_cpu_throttling.replicas, "allowDecrease": false},
	"verification": object.union(lib.timing(data.pod_cpu_throttling), {
		"objective": {
			"name": "CPU throttling of the Pod",
			"query": {
				"expr": concat("", [
					"max(rate(container_cpu_cfs_throttled_seconds_total{namespace=$namespace,pod=$pod}[",
					lib.window(data.pod_cpu_throttling), "]))",
				]),
				"vars": {"namespace": lib.labels.namespace, "pod": lib.labels.pod},
			},
			"comparison": "<=",
			"threshold": data.pod_cpu_throttling.threshold,
			"unit": "s/s",
		},
		"neighbours": [],
	}),
}) if {
	lib.alertname == "PodCPUThrottling"
	lib.critical
	lib.labels.team == "platform"
	lib.names_object("namespace")
	lib.names_object("pod")
}

refusals["pod_cpu_throttling"] := concat("; ", sort(pod_cpu_throttling_faults)) if {
	lib.alertname == "PodCPUThrottling"
	count(pod_cpu_throttling_faults) > 0
}

pod_cpu_throttling_faults contains "only critical alerts are acted on" if not lib.critical

pod_cpu_throttling_faults contains "only alerts of team platform are acted on" if {
	object.get(lib.labels, "team", "") != "platform"
}

pod_cpu_throttling_faults contains concat("", ["label ", label, " names no Kubernetes object"]) if {
	some label in ["namespace", "pod"]
	not lib.names_object(label)
}
