package lib_test

import data.mendloop.lib

shop := {
	"target": {"namespace": "shop", "kind": "Deployment", "name": "cart"},
	"scale": {"add": 2, "max": 50},
}

slo := {"latency": {"quantile": "0.99", "thresholdSeconds": 0.3}}

# The plan for service `cart`, with more settings.
plan_with(settings) := plan if {
	plan := lib.scale_service("cart") with data.services as {"cart": object.union(shop, settings)}
		with data.slos as {"cart": slo}
		with input as {"alert": {"labels": {}}, "cluster": "default"}
}

test_a_service_is_scaled_as_the_data_says if {
	plan := plan_with({})
	plan.parameters == {"add": 2, "max": 20}
	plan.verification.objective.name == "p99 latency"
	plan.verification.objective.threshold == 0.3
	plan.verification.neighbours == []
	not plan.budget
	not plan.runbookUrl
}

test_a_service_without_scale_or_objective_has_no_plan if {
	settings := object.remove(shop, ["scale"])
	not lib.scale_service("cart") with data.services as {"cart": settings} with data.slos as {"cart": slo} with input as {}
	not lib.scale_service("cart") with data.services as {"cart": shop} with data.slos as {} with input as {}
	not lib.scale_service("cart") with data.services as {} with data.slos as {"cart": slo} with input as {}
}

test_a_service_may_have_an_objective_of_its_own if {
	objective := {"name": "queue", "query": {"expr": "queue", "vars": {}}, "comparison": "<", "threshold": 10}
	plan_with({"objective": objective}).verification.objective == objective
}

test_a_service_may_have_its_own_numbers_and_metrics if {
	plan := plan_with({
		"defaults": {"window": "2m", "deadlineSeconds": 900, "watchSeconds": 60},
		"metrics": {"requestSeconds": "http_server_request_duration_seconds", "serviceLabel": "job"},
	})
	plan.watchSeconds == 60
	plan.verification.deadlineSeconds == 900
	plan.verification.objective.query.expr == concat("", [
		"histogram_quantile(0.99, ",
		"sum(rate(http_server_request_duration_seconds_bucket{job=$service}[2m])) by (le))",
	])
}

test_neighbours_are_judged_by_their_own_quantile if {
	plan := plan_with({"neighbours": ["cart", "stock"]})
	[neighbour.name | some neighbour in plan.verification.neighbours] == ["cart p99 latency", "stock p99 latency"]
	plan.verification.neighbours[1].tolerance == 0.5
	other := lib.scale_service("cart") with data.services as {"cart": object.union(shop, {"neighbours": ["stock"]})}
		with data.slos as {"cart": slo, "stock": {"latency": {"quantile": "0.5", "thresholdSeconds": 1}}}
		with input as {"alert": {}, "cluster": "default"}
	other.verification.neighbours[0].name == "stock p5 latency"
}

test_evidence_knows_signals_by_name if {
	plan := plan_with({"evidence": {"threshold": 0.6, "signals": [
		{"use": "traffic", "weight": 2},
		{"use": "errors", "name": "failed requests"},
		{"use": "latency"},
		{"use": "throttling"},
		{"name": "logs", "source": {"kind": "loki", "query": {"expr": "1", "vars": {}}}},
	]}})
	plan.evidence.threshold == 0.6
	[traffic, errors, latency, throttling, logs] := plan.evidence.signals
	traffic == {
		"name": "traffic", "unit": "req/s", "weight": 2,
		"source": {"kind": "prometheus", "query": {
			"expr": "sum(rate(http_request_duration_seconds_count{service=$service}[1m]))",
			"vars": {"service": "cart"},
		}},
	}
	errors.name == "failed requests"
	errors.source.query.expr == concat("", [
		"(sum(rate(http_request_duration_seconds_count{service=$service,code=~\"5..\"}[1m])) or vector(0)) / ",
		"sum(rate(http_request_duration_seconds_count{service=$service}[1m]))",
	])
	latency.unit == "s"
	throttling.source.query.vars == {"namespace": "shop", "pod": {"prefix": "cart-"}}
	logs == {"name": "logs", "source": {"kind": "loki", "query": {"expr": "1", "vars": {}}}}
}

test_a_lease_is_on_the_requests_unless_it_says_otherwise if {
	plan_with({"lease": {"headroom": 0.2}}).lease == {
		"headroom": 0.2,
		"load": {
			"name": "requests", "unit": "req/s",
			"query": {
				"expr": "sum(rate(http_request_duration_seconds_count{service=$service}[1m]))",
				"vars": {"service": "cart"},
			},
		},
	}
	load := {"name": "cores", "query": {"expr": "cores", "vars": {}}, "unit": "cores"}
	plan_with({"lease": {"load": load}}).lease == {"load": load}
	not plan_with({"lease": null}).lease
}

test_guards_are_of_all_then_of_the_namespace_then_of_the_service if {
	plan := lib.scale_service("cart") with data.services as {"cart": object.union(shop, {"guards": {"flapSeconds": 1}})}
		with data.slos as {"cart": slo}
		with data.overrides as {"limits": {"namespaces": {"shop": {"guards": {"cooldownSeconds": 7, "flapSeconds": 2}}}}}
		with input as {"alert": {}, "cluster": "default"}
	plan.guards.cooldownSeconds == 7
	plan.guards.flapSeconds == 1
	plan.guards.onBusy == "join"
	plan.guards.breaker == {"failures": 3, "windowSeconds": 3600, "openSeconds": 3600}
}

test_the_budget_is_of_the_service_then_of_the_namespace_then_of_all if {
	limits := {"limits": {"budget": {"name": "all"}, "namespaces": {"shop": {"budget": {"name": "shop"}}}}}
	own := lib.scale_service("cart") with data.services as {"cart": object.union(shop, {"budget": {"name": "cart"}})}
		with data.slos as {"cart": slo}
		with data.overrides as limits
		with input as {"alert": {}, "cluster": "default"}
	own.budget == {"name": "cart"}
	of_namespace := lib.scale_service("cart") with data.services as {"cart": shop}
		with data.slos as {"cart": slo}
		with data.overrides as limits
		with input as {"alert": {}, "cluster": "default"}
	of_namespace.budget == {"name": "shop"}
	of_all := lib.scale_service("cart") with data.services as {"cart": shop}
		with data.slos as {"cart": slo}
		with data.overrides as {"limits": {"budget": {"name": "all"}}}
		with input as {"alert": {}, "cluster": "default"}
	of_all.budget == {"name": "all"}
}

test_an_approval_may_be_asked_for_whatever_the_mode if {
	plan_with({"approval": {"quorum": 2, "reason": "it is the till"}}).approval.quorum == 2
}

test_a_folder_of_ones_own_changes_what_is_here_key_by_key if {
	settings := lib.service("cart") with data.services as {"cart": shop}
		with data.overrides as {"services": {"cart": {"scale": {"max": 5}, "runbook": "https://runbooks.example.com/cart"}}}
	settings.scale == {"add": 2, "max": 5}
	settings.target == shop.target
	added := lib.service("new") with data.services as {} with data.overrides as {"services": {"new": shop}}
	added == shop
	lib.parameters("mine") == {"n": 2} with data.parameters as {"mine": {"n": 1}}
		with data.overrides as {"parameters": {"mine": {"n": 2}}}
}

test_one_form_of_scaling_may_be_turned_into_the_other if {
	plan_with({"scale": {"add": null, "max": null, "replicas": 4}}).parameters == {"replicas": 4, "allowDecrease": false}
	plan_with({"scale": {"add": null, "factor": 1.5, "max": 12}}).parameters == {"factor": 1.5, "max": 12}
}

# The plan of an action that scales nothing, on a target of the cluster itself.
node_plan(settings) := plan if {
	plan := lib.plan("drain", {
		"name": "worker-1",
		"target": {"kind": "Node", "name": "worker-1"},
		"parameters": {"maxPods": 30},
		"settings": settings,
		"objective": {"name": "pressure", "query": {"expr": "pressure", "vars": {}}, "comparison": "<", "threshold": 1},
	}) with input as {"alert": {"labels": {}}, "cluster": "default"}
}

test_a_plan_of_any_action_has_what_every_plan_has if {
	plan := node_plan({
		"defaults": {"effectDeadlineSeconds": 900},
		"evidence": {"threshold": 0.5, "signals": [{"use": "traffic"}]},
		"runbook": "https://runbooks.example.com/node",
	})
	plan.action == "drain"
	plan.target == {"cluster": "default", "kind": "Node", "name": "worker-1"}
	plan.parameters == {"maxPods": 30}
	plan.effectDeadlineSeconds == 900
	plan.guards.cooldownSeconds == 300
	plan.verification.neighbours == []
	plan.evidence.signals[0].unit == "req/s"
	plan.runbookUrl == "https://runbooks.example.com/node"
}

test_a_plan_without_a_namespace_gets_an_answer_in_every_mode if {
	plan := node_plan({})
	every mode, verdict in {"off": "reject", "observe": "observe", "approve": "plan", "auto": "plan"} {
		lib.planned("nodes", plan, mode).verdict == verdict with input as {"alert": {"labels": {}}, "cluster": "default"}
	}
}

test_the_limit_of_replicas_is_about_replicas if {
	plan := {"action": "drain", "target": {"kind": "Node", "name": "worker-1"}, "parameters": {"max": 500}}
	lib.planned("nodes", plan, "auto").verdict == "plan" with input as {"alert": {"labels": {}}, "cluster": "default"}
	scaled := object.union(plan, {"action": "scale", "target": {"namespace": "shop"}})
	lib.planned("shop", scaled, "auto").verdict == "human" with input as {"alert": {"labels": {}}, "cluster": "default"}
}

rungs(mode) := answer if {
	plans := [node_plan({}), node_plan({"gitOps": "human"})]
	answer := lib.ladder("nodes", plans, mode) with input as {"alert": {"labels": {}}, "cluster": "default"}
}

test_several_plans_are_a_ladder_in_every_mode if {
	every mode, verdict in {"off": "reject", "observe": "observe", "approve": "plan"} {
		rungs(mode).verdict == verdict
	}
	acting := rungs("auto")
	acting.verdict == "plan"
	not acting.plan
	[plan.gitOps | some plan in acting.plans] == ["leave", "human"]
}

test_people_are_asked_for_each_rung if {
	every plan in rungs("approve").plans {
		plan.approval.reason == "rule nodes is in mode approve"
	}
}

test_a_ladder_of_one_is_a_plan if {
	answer := lib.ladder("nodes", [node_plan({})], "auto") with input as {"alert": {"labels": {}}, "cluster": "default"}
	answer.plan.action == "drain"
	not answer.plans
}

test_a_rung_out_of_bounds_takes_the_ladder_to_a_human if {
	large := object.union(node_plan({}), {"action": "scale", "parameters": {"replicas": lib.limits.maxReplicas + 1}})
	answer := lib.ladder("nodes", [node_plan({}), large], "auto") with input as {"alert": {"labels": {}}, "cluster": "default"}
	answer.verdict == "human"
}

test_a_plan_may_be_proven_by_conditions if {
	plan := lib.plan("drain", {
		"name": "worker-1",
		"target": {"kind": "Node", "name": "worker-1"},
		"parameters": {},
		"settings": {},
		"conditions": [{"kind": "node_empty"}],
	}) with input as {"alert": {"labels": {}}, "cluster": "default"}
	plan.verification.conditions == [{"kind": "node_empty"}]
	not plan.verification.objective
}

test_a_plan_has_the_prelude_of_its_rule_or_its_settings_in_its_own_namespace if {
	prelude := {
		"action": "raise_quota", "maxSeconds": 600,
		"target": {"kind": "ResourceQuota", "name": "tenant"},
		"parameters": {"resource": "pods", "add": "2", "max": "20"},
	}
	settings := {"prelude": prelude}
	wanted := {"name": "cart", "target": shop.target, "parameters": {}, "settings": settings}
	plan := lib.plan("restart", wanted) with input as {"alert": {"labels": {}}, "cluster": "main"}
	plan.prelude == object.union(prelude, {"target": {"cluster": "main", "namespace": shop.target.namespace}})
	apart := object.union(prelude, {"target": {"namespace": "other"}})
	other := lib.plan("restart", object.union(wanted, {"prelude": apart})) with input as {"alert": {"labels": {}}, "cluster": "main"}
	other.prelude.target.namespace == "other"
	limits := {"limits": {"preconditions": {"raise_quota": [{"kind": "not_repeated"}]}}}
	limited := lib.plan("restart", object.union(wanted, {"prelude": object.union(apart, {"preconditions": [{"kind": "marked", "label": "x"}]})}))
		with data.overrides as limits
		with input as {"alert": {"labels": {}}, "cluster": "main"}
	[one.kind | some one in limited.prelude.preconditions] == ["not_repeated", "marked"]
	none := lib.plan("restart", object.union(wanted, {"settings": {"prelude": null}}))
		with input as {"alert": {"labels": {}}, "cluster": "main"}
	not none.prelude
}

test_a_plan_has_the_preconditions_of_limits_settings_and_rule if {
	settings := {"danger": "mind the till", "preconditions": [{"kind": "at_rest"}]}
	wanted := {
		"name": "cart", "target": shop.target, "parameters": {}, "settings": settings,
		"preconditions": [{"kind": "quota_has_room"}],
	}
	limits := {"limits": {
		"preconditions": {"restart": [{"kind": "ready_left"}]},
		"namespaces": {"other": {"preconditions": {"restart": [{"kind": "marked", "label": "x"}]}}},
	}}
	plan := lib.plan("restart", wanted) with data.overrides as limits with input as {"alert": {}, "cluster": "default"}
	[one.kind | some one in plan.preconditions] == ["ready_left", "at_rest", "quota_has_room"]
	plan.danger == "mind the till"
	other := lib.plan("restart", object.union(wanted, {
		"danger": "mind the gap", "settings": {"preconditions": null},
		"target": {"namespace": "other"},
	})) with data.overrides as limits
		with input as {"alert": {}, "cluster": "default"}
	[one.kind | some one in other.preconditions] == ["marked", "quota_has_room"]
	other.danger == "mind the gap"
	bare := lib.plan("drain", {"name": "n", "target": {"kind": "Node", "name": "n"}, "parameters": {}, "settings": {}})
		with input as {"alert": {}, "cluster": "default"}
	not bare.preconditions
	not bare.danger
}

test_the_pods_of_a_workload_begin_alike if {
	prefixes := {
		"api-7d9f8b6c5-x2x4z": "api-", "web-shop-6f5d9c7b4-x2x4z": "web-shop-", "ledger-0": "ledger-",
		"ledger-12": "ledger-", "agent-x2x4z": "agent-", "web-shop-x2x4z": "web-shop-", "alone": "alone",
		"some-thing": "some-thing",
	}
	every pod, prefix in prefixes {
		lib.workload_prefix(pod) == prefix
	}
}

# The plan to run a script for a Deployment.
script_plan(parameters, settings) := plan if {
	plan := lib.plan("job", {
		"name": "cart",
		"target": {"namespace": "shop", "kind": "Deployment", "name": "cart"},
		"parameters": parameters,
		"settings": settings,
	}) with input as {"alert": {"labels": {}}, "cluster": "default"}
		with data.jobs as {"flush": {"image": "flush:1", "deadlineSeconds": 60}}
		with data.overrides as {"jobs": {"flush": {"image": "flush:2"}}}
}

test_a_script_goes_along_whole_with_what_overrides_say if {
	plan := script_plan({"name": "flush", "values": {"APP": "cart"}}, {})
	plan.parameters == {
		"name": "flush", "values": {"APP": "cart"},
		"template": {"image": "flush:2", "deadlineSeconds": 60},
	}
}

test_a_script_is_waited_for_as_long_as_it_may_take if {
	script_plan({"name": "flush"}, {}).effectDeadlineSeconds == 180
	script_plan({"name": "flush"}, {"defaults": {"effectDeadlineSeconds": 30}}).effectDeadlineSeconds == 30
}

test_a_script_that_is_not_there_is_an_empty_one if {
	script_plan({"name": "fluhs"}, {}).parameters.template == {}
}

test_a_change_may_be_for_a_while if {
	plan_with({"timedLease": {"forSeconds": 60}}).timedLease == {"forSeconds": 60}
	not plan_with({}).timedLease
}
