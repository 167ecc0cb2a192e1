# The policy of the end-to-end tests: one rule that scales the workload an alert names and asks its own signal for proof.
# Labels of the alert choose the mode, the budget, whether the change is absolute (`to`) or relative (`add`), what the proof
# takes, and what becomes of what applies the workload out of Git.
package mendloop

default decision := {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}

decision := {"verdict": "plan", "rule": "slow", "mode": mode, "plan": plan} if input.alert.labels.alertname == "Slow"

labels := input.alert.labels

mode := object.get(labels, "mode", "auto")

plan := object.union(base, approval)

approval := {"approval": {"deadlineSeconds": to_number(object.get(labels, "patience", "300"))}} if mode == "approve"

approval := {} if mode != "approve"

parameters := {"add": to_number(labels.add), "max": 100} if labels.add

parameters := {"replicas": to_number(object.get(labels, "to", "5"))} if not labels.add

base := {
	"action": "scale",
	"target": {
		"cluster": input.cluster,
		"namespace": labels.namespace,
		"kind": "Deployment",
		"name": labels.deployment,
	},
	"parameters": parameters,
	"gitOps": object.get(labels, "gitOps", "leave"),
	"budget": {"name": object.get(labels, "budget", "default"), "expectedHours": 1},
	"guards": {"cooldownSeconds": 0, "flapSeconds": 0},
	"effectDeadlineSeconds": 120,
	"watchSeconds": 600,
	"verification": {
		"objective": {
			"name": "latency",
			"query": {
				"expr": "max(test_latency_seconds{deployment=$deployment})",
				"vars": {"deployment": labels.deployment},
			},
			"comparison": "<=",
			"threshold": 0.2,
			"unit": "s",
		},
		"consecutive": to_number(object.get(labels, "samples", "3")),
		"intervalSeconds": 1,
		"deadlineSeconds": to_number(object.get(labels, "deadline", "120")),
		"maxAgeSeconds": 5,
	},
}
