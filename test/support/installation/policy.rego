# The policy of the end-to-end tests: one rule that scales the workload an alert names and asks its own signal for proof.
package mendloop

default decision := {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}

decision := {"verdict": "plan", "rule": "slow", "mode": mode, "plan": plan} if input.alert.labels.alertname == "Slow"

mode := object.get(input.alert.labels, "mode", "auto")

plan := object.union(base, approval)

approval := {"approval": {"deadlineSeconds": 60}} if mode == "approve"

approval := {} if mode != "approve"

base := {
	"action": "scale",
	"target": {
		"cluster": input.cluster,
		"namespace": input.alert.labels.namespace,
		"kind": "Deployment",
		"name": input.alert.labels.deployment,
	},
	"parameters": {"replicas": 5},
	"budget": {"name": "default", "expectedHours": 1},
	"guards": {"cooldownSeconds": 0, "flapSeconds": 0},
	"readyDeadlineSeconds": 60,
	"watchSeconds": 120,
	"verification": {
		"objective": {
			"name": "latency",
			"query": {
				"expr": "max(test_latency_seconds{deployment=$deployment})",
				"vars": {"deployment": input.alert.labels.deployment},
			},
			"comparison": "<=",
			"threshold": 0.2,
			"unit": "s",
		},
		"consecutive": 3,
		"intervalSeconds": 1,
		"deadlineSeconds": 15,
		"maxAgeSeconds": 5,
	},
}
