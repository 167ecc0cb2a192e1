package mendloop.rules.node_taint_left_behind

import data.mendloop.lib

wants := {"alertname": "NodeTaintLeftBehind"}

names := {"node"}

# Taints that are a tool's own, and mean nothing once it has ended; any other may be there on purpose.
ours := {"upgrade.example.com/at-work"}

# Proven when the node may be given Pods, and every Pod of the namespace that waited for one has it.
plan := lib.plan("untaint", {
	"name": lib.labels.node,
	"target": {"kind": "Node", "name": lib.labels.node},
	"settings": {},
	"parameters": {"key": lib.labels.key, "effect": "NoSchedule"},
	"conditions": [{"kind": "node_ready"}],
	"objective": {
		"name": "Pods without a node",
		"query": {"expr": `count(kube_pod_status_unschedulable{namespace="pending-on-taint"} == 1)`, "vars": {}},
		"whenEmpty": "zero",
		"comparison": "<",
		"threshold": 1,
	},
}) if {
	lib.labels.key in ours
}

human := {"reason": "The taint may be there on purpose. Look at: who has set it (kubectl get node --show-managed-fields)."} if {
	not lib.labels.key in ours
}

mode := "auto"

examples := [{"node": "worker-1", "key": "upgrade.example.com/at-work"}]
