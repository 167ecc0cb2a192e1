package order_service_cpu_throttling_test

import data.mendloop

alert(labels) := {
	"alert": {"labels": object.union(
		{"alertname": "OrderServiceCPUThrottling", "severity": "critical", "service": "order-service"},
		labels,
	)},
	"cluster": "default",
}

test_the_service_is_scaled_to_five_within_its_budget if {
	decision := mendloop.decision with input as alert({}) with data.modes as {}
	decision.verdict == "plan"
	decision.rule == "order_service_cpu_throttling"
	decision.mode == "auto"
	decision.plan.action == "scale"
	decision.plan.target == {
		"cluster": "default", "namespace": "production",
		"kind": "Deployment", "name": "order-service",
	}
	decision.plan.parameters == {"replicas": 5, "allowDecrease": false}
	decision.plan.budget == {"name": "default", "expectedHours": 4}
	decision.plan.runbookUrl == "https://runbooks.example.com/order-service-cpu-throttling"
	not decision.plan.lease
	not decision.plan.evidence
	not decision.plan.approval
}

test_the_cure_is_proven_by_its_latency if {
	verification := mendloop.decision.plan.verification with input as alert({}) with data.modes as {}
	verification.objective == {
		"name": "p95 latency",
		"query": {
			"expr": concat("", [
				"histogram_quantile(0.95, ",
				"sum(rate(http_request_duration_seconds_bucket{service=$service}[1m])) by (le))",
			]),
			"vars": {"service": "order-service"},
		},
		"comparison": "<=",
		"threshold": 0.2,
		"unit": "s",
	}
	verification.deadlineSeconds == 300
	[neighbour] := verification.neighbours
	neighbour.name == "catalog p95 latency"
	neighbour.query.vars == {"service": "catalog"}
}

test_a_warning_is_not_acted_on if {
	decision := mendloop.decision with input as alert({"severity": "warning"}) with data.modes as {}
	decision == {
		"verdict": "reject", "rule": "order_service_cpu_throttling",
		"reason": "only alerts with severity=critical are acted on",
	}
}
