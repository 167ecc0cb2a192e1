package pod_cpu_throttling_test

import data.mendloop

alert(labels) := {
	"alert": {"labels": object.union(
		{
			"alertname": "PodCPUThrottling", "severity": "critical", "team": "platform",
			"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z",
		},
		labels,
	)},
	"cluster": "default",
}

test_the_owner_of_a_throttled_pod_is_scaled_to_three if {
	decision := mendloop.decision with input as alert({}) with data.modes as {}
	decision.verdict == "plan"
	decision.rule == "pod_cpu_throttling"
	decision.plan.target == {
		"cluster": "default", "namespace": "shop",
		"kind": "Pod", "name": "api-7d9f8b6c5-x2x4z",
	}
	decision.plan.parameters == {"replicas": 3, "allowDecrease": false}
	not decision.plan.budget
}

test_the_cure_is_proven_on_the_pod if {
	objective := mendloop.decision.plan.verification.objective with input as alert({}) with data.modes as {}
	objective.threshold == 0.2
	objective.query == {
		"expr": concat("", [
			"max(rate(container_cpu_cfs_throttled_seconds_total",
			"{namespace=$namespace,pod=$pod,container!=\"\"}[1m]))",
		]),
		"vars": {"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z"},
	}
}

test_pods_of_other_teams_are_left_alone if {
	decision := mendloop.decision with input as alert({"team": "shop"}) with data.modes as {}
	decision == {
		"verdict": "reject", "rule": "pod_cpu_throttling",
		"reason": "only alerts with team=platform are acted on",
	}
}

test_labels_that_name_no_object_are_refused if {
	long := concat("", [letter | some _ in numbers.range(1, 254); letter := "a"])
	every bad in ["", "Upper", "a/b", "a\nb", "-x", "x-", "a'} or vector(1) #", long] {
		decision := mendloop.decision with input as alert({"pod": bad}) with data.modes as {}
		decision.verdict == "reject"
		decision.reason == "label pod names no Kubernetes object"
	}
}

test_all_that_is_missing_is_named if {
	decision := mendloop.decision with input as {"alert": {"labels": {"alertname": "PodCPUThrottling"}}, "cluster": "x"}
	decision.reason == concat("; ", [
		"label namespace names no Kubernetes object",
		"label pod names no Kubernetes object",
		"only alerts with severity=critical are acted on",
		"only alerts with team=platform are acted on",
	])
}
