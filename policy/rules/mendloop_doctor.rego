# The alert by which `mendloop doctor` tries the way of an alert. Only observed: nothing ever fires it, and what it names
# is not there.
package mendloop.rules.mendloop_doctor

import data.mendloop.lib

wants := {"alertname": "MendloopDoctor"}

names := {"namespace", "deployment"}

mode := "observe"

plan := lib.scale({
	"name": "mendloop-doctor",
	"target": {"namespace": lib.labels.namespace, "kind": "Deployment", "name": lib.labels.deployment},
	"settings": {"scale": {"add": 1, "max": 2}, "runbook": "docs/doctor.md#synthetic-alert"},
	"objective": {
		"name": "the synthetic alert",
		"query": {"expr": "count(ALERTS{alertname=\"MendloopDoctor\"})"},
		"whenEmpty": "zero",
		"comparison": "<",
		"threshold": 1,
	},
})

examples := [{"namespace": "default", "deployment": "mendloop-doctor"}]
