package mendloop.rules.pdb_blocks_drain

import data.mendloop.lib

wants := {"alertname": "PdbBlocksDrain"}

names := {"namespace", "poddisruptionbudget"}

# One Pod may go beside what the budget allows, while another serves. It is proven by what was held up: no Pod of the
# namespace is left on a cordoned node.
plan := lib.plan("relax_pdb", {
	"name": lib.labels.poddisruptionbudget,
	"target": {
		"namespace": lib.labels.namespace,
		"kind": "PodDisruptionBudget",
		"name": lib.labels.poddisruptionbudget,
	},
	# Seconds where a real drain has a quarter of an hour.
	"settings": {"timedLease": {"forSeconds": 5}},
	"parameters": {"disruptions": 1, "minHealthy": 1},
	"objective": {
		"name": "Pods on cordoned nodes",
		"query": {
			"expr": concat("", [
				"sum(kube_pod_info{namespace=$namespace} ",
				"* on (node) group_left () kube_node_spec_unschedulable)",
			]),
			"vars": {"namespace": lib.labels.namespace},
		},
		"comparison": "<=",
		"threshold": 0,
	},
})

mode := "auto"

examples := [{"namespace": "shop", "poddisruptionbudget": "cart"}]
