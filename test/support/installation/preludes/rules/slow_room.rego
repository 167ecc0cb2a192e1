# One rule of the tests' own, whose plans want room: an eviction that a budget holds up, and more Pods than a quota allows.
package mendloop.rules.slow_room

import data.mendloop.lib

wants := {"alertname": "SlowWithoutRoom"}

names := {"namespace", "deployment"}

objective := {
	"name": "latency",
	"query": {
		"expr": "max(test_latency_seconds{deployment=$deployment})",
		"vars": {"deployment": lib.labels.deployment},
	},
	"comparison": "<=",
	"threshold": 0.2,
	"unit": "s",
}

settings := {
	"guards": {"cooldownSeconds": 0},
	"defaults": {"deadlineSeconds": 120, "intervalSeconds": 1, "maxAgeSeconds": 5},
}

plan := lib.plan("evict_pod", {
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Pod", "name": lib.labels.pod},
	"parameters": {},
	"settings": settings,
	"objective": objective,
	"prelude": {
		"action": "relax_pdb",
		"target": {"kind": "PodDisruptionBudget", "name": lib.labels.poddisruptionbudget},
		"parameters": {},
		"maxSeconds": 600,
	},
}) if lib.labels.poddisruptionbudget

plan := lib.plan("scale", {
	"name": lib.labels.deployment,
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"parameters": {"replicas": 4},
	"settings": settings,
	"objective": objective,
	"prelude": {
		"action": "raise_quota",
		"target": {"kind": "ResourceQuota", "name": lib.labels.resourcequota},
		"parameters": {"resource": "pods", "add": "2", "max": "10"},
		"maxSeconds": 600,
	},
}) if lib.labels.resourcequota

mode := "auto"

examples := [
	{"namespace": "shop", "deployment": "cart", "pod": "cart-7d9f8b6c5-x2x4z", "poddisruptionbudget": "cart"},
	{"namespace": "shop", "deployment": "cart", "resourcequota": "tenant"},
]
