package mendloop_test

import data.mendloop

order_alert(labels) := {
	"alert": {"labels": object.union(
		{"alertname": "OrderServiceCPUThrottling", "severity": "critical", "service": "order-service"},
		labels,
	)},
	"cluster": "default",
}

pod_alert(labels) := {
	"alert": {"labels": object.union(
		{
			"alertname": "PodCPUThrottling", "severity": "critical", "team": "platform",
			"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z",
		},
		labels,
	)},
	"cluster": "default",
}

test_order_service_is_scaled_to_five_within_budget if {
	decision := mendloop.decision with input as order_alert({})
	decision.verdict == "plan"
	decision.rule == "order_service_cpu_throttling"
	decision.plan.action == "scale"
	decision.plan.target == {
		"cluster": "default", "namespace": "production",
		"kind": "Deployment", "name": "order-service",
	}
	decision.plan.parameters.replicas == 5
	decision.plan.budget.name == "default"
}

test_order_service_is_verified_by_its_latency if {
	verification := mendloop.decision.plan.verification with input as order_alert({})
	verification.objective.threshold == 0.2
	verification.objective.comparison == "<="
	verification.objective.query.expr == concat("", [
		"histogram_quantile(0.95, ",
		"sum(rate(http_request_duration_seconds_bucket{service=$service}[1m])) by (le))",
	])
	verification.neighbours[0].name == "catalog p95 latency"
}

test_a_warning_about_the_order_service_is_not_acted_on if {
	decision := mendloop.decision with input as order_alert({"severity": "warning"})
	decision.verdict == "reject"
	decision.reason == "only critical alerts are acted on"
}

test_the_owner_of_a_throttled_pod_is_scaled_to_three if {
	decision := mendloop.decision with input as pod_alert({})
	decision.verdict == "plan"
	decision.plan.target == {
		"cluster": "default", "namespace": "shop",
		"kind": "Pod", "name": "api-7d9f8b6c5-x2x4z",
	}
	decision.plan.parameters.replicas == 3
	decision.plan.verification.objective.query.vars == {"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z"}
	not decision.plan.budget
}

test_pods_of_other_teams_are_left_alone if {
	decision := mendloop.decision with input as pod_alert({"team": "shop"})
	decision.verdict == "reject"
	decision.reason == "only alerts of team platform are acted on"
}

test_labels_that_name_no_object_are_refused if {
	every bad in ["", "Upper", "a/b", "a\nb", "-x", "x-"] {
		decision := mendloop.decision with input as pod_alert({"pod": bad})
		decision.verdict == "reject"
		decision.reason == "label pod names no Kubernetes object"
	}
}

test_missing_labels_are_all_named if {
	decision := mendloop.decision with input as {"alert": {"labels": {"alertname": "PodCPUThrottling"}}, "cluster": "x"}
	decision.verdict == "reject"
	contains(decision.reason, "label namespace names no Kubernetes object")
	contains(decision.reason, "label pod names no Kubernetes object")
	contains(decision.reason, "only critical")
	contains(decision.reason, "team platform")
}

test_an_unknown_alert_is_refused if {
	decision := mendloop.decision with input as order_alert({"alertname": "Watchdog"})
	decision == {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}
}

test_an_alert_without_labels_is_refused if {
	decision := mendloop.decision with input as {"alert": {}, "cluster": "default"}
	decision.verdict == "reject"
}

test_an_alert_of_another_cluster_is_refused if {
	decision := mendloop.decision with input as order_alert({"cluster": "elsewhere"})
	decision.verdict == "reject"
	decision.reason == "the alert is of another cluster"
}

test_an_alert_of_this_cluster_is_acted_on if {
	mendloop.decision.verdict == "plan" with input as order_alert({"cluster": "default"})
}

test_a_rule_in_mode_observe_only_watches if {
	decision := mendloop.decision with input as order_alert({}) with data.modes as {"order_service_cpu_throttling": "observe"}
	decision.verdict == "observe"
	decision.plan.parameters.replicas == 5
}

test_the_first_of_several_rules_is_chosen if {
	decision := mendloop.decision with input as order_alert({}) with data.mendloop.rules.plans as {"b": {"x": 2}, "a": {"x": 1}}
	decision.rule == "a"
}
