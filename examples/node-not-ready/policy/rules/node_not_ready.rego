package mendloop.rules.node_not_ready

import data.mendloop.lib

wants := {"alertname": "KubeNodeNotReady"}

names := {"node"}

# Cordoned, and emptied as its disruption budgets allow; refused unless most other nodes of its pool are ready.
plan := lib.plan("drain", {
	"name": lib.labels.node,
	"target": {"kind": "Node", "name": lib.labels.node},
	"settings": {},
	"parameters": {"maxPods": 20, "minReadyShare": 0.5},
})

mode := "auto"

examples := [{"node": "worker-1"}]
