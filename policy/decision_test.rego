package mendloop_test

import data.mendloop

alert(labels) := {"alert": {"labels": object.union(order, labels)}, "cluster": "default"}

order := {"alertname": "OrderServiceCPUThrottling", "severity": "critical", "service": "order-service"}

test_an_unknown_alert_is_refused if {
	decision := mendloop.decision with input as alert({"alertname": "NobodyKnowsThis"})
	decision == {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}
}

test_an_alert_without_labels_is_refused if {
	every bare in [{"alert": {}, "cluster": "default"}, {"alert": {"labels": {}}, "cluster": "default"}] {
		decision := mendloop.decision with input as bare
		decision.verdict == "reject"
	}
}

test_an_alert_of_another_cluster_is_refused if {
	decision := mendloop.decision with input as alert({"cluster": "elsewhere"})
	decision == {"verdict": "reject", "rule": "", "reason": "the alert is of another cluster"}
}

test_an_alert_of_this_cluster_is_acted_on if {
	mendloop.decision.verdict == "plan" with input as alert({"cluster": "default"}) with data.modes as {}
}

test_what_comes_with_mendloop_only_watches_until_it_is_turned_on if {
	watched := mendloop.decision with input as alert({}) with data.overrides as {}
	watched.verdict == "observe"
	on := {"modes": {"order_service_cpu_throttling": "auto"}}
	acting := mendloop.decision with input as alert({}) with data.overrides as on
	acting.verdict == "plan"
	acting.mode == "auto"
	throttled := {"alertname": "CPUThrottlingHigh", "severity": "warning", "namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z"}
	pod := {"alert": {"labels": throttled}, "cluster": "default"}
	mendloop.decision.verdict == "observe" with input as pod with data.overrides as {}
}

# What a rule may say, by rules that are only here.
sale := {"sale": {"wants": {"alertname": "OrderServiceCPUThrottling"}, "plan": plan}}

plan := {"action": "scale", "target": {"namespace": "production"}, "parameters": {"replicas": 5}}

test_the_first_of_several_rules_is_chosen if {
	both := object.union(sale, {"another": sale.sale})
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as both
	object.remove(decision, ["plan"]) == {"verdict": "plan", "rule": "another", "mode": "auto"}
	object.remove(decision.plan, ["approvers"]) == plan
}

test_a_rule_may_give_several_plans_which_are_tried_in_their_order if {
	then := object.union(plan, {"parameters": {"replicas": 9}})
	rules := {"sale": {"wants": sale.sale.wants, "plans": [plan, then]}}
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as rules
	decision.verdict == "plan"
	not decision.plan
	[step.parameters.replicas | some step in decision.plans] == [5, 9]
}

test_a_plan_goes_before_a_word_for_a_human if {
	both := object.union(sale, {"another": {"wants": sale.sale.wants, "human": {"reason": "no"}}})
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as both
	decision.rule == "sale"
}

test_a_rule_may_leave_an_alert_to_a_human if {
	human := {"reason": "read first", "runbookUrl": "https://runbooks.example.com/sale"}
	rules := {"sale": {"wants": sale.sale.wants, "human": human}}
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as rules
	decision == {
		"verdict": "human", "rule": "sale", "reason": "read first",
		"runbookUrl": "https://runbooks.example.com/sale",
	}
}

test_a_word_for_a_human_may_be_switched_off if {
	rules := {"sale": {"wants": sale.sale.wants, "human": {"reason": "read first"}}}
	decision := mendloop.decision with input as alert({}) with data.modes as {"sale": "off"}
		with data.mendloop.rules as rules
	decision == {"verdict": "reject", "rule": "sale", "reason": "this rule is off (modes)"}
}

test_the_runbook_for_a_human_is_the_alerts_own_where_the_rule_has_none if {
	rules := {"sale": {"wants": sale.sale.wants, "human": {"reason": "read first"}}}
	annotated := {"annotations": {"runbook_url": "https://runbooks.example.com/of-the-alert"}}
	with_runbook := mendloop.decision with data.mendloop.rules as rules
		with input as object.union(alert({}), {"alert": annotated})
	with_runbook.runbookUrl == "https://runbooks.example.com/of-the-alert"
	without := mendloop.decision with data.mendloop.rules as rules with input as alert({})
	not without.runbookUrl
}

test_a_rule_may_refuse_for_reasons_of_its_own if {
	rules := {"sale": object.union(sale.sale, {"refuses": {"on Sundays", "at night"}})}
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as rules
	decision == {"verdict": "reject", "rule": "sale", "reason": "at night; on Sundays"}
}

test_a_rule_without_a_plan_says_so if {
	rules := {"sale": {"wants": sale.sale.wants}}
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as rules
	decision.verdict == "reject"
	decision.rule == "sale"
	startswith(decision.reason, "the rule makes no plan of this alert")
}

test_a_rule_goes_before_the_catalogue if {
	watchdog := {"wants": {"alertname": "Watchdog", "severity": "critical"}, "plan": plan}
	planned := mendloop.decision with input as alert({"alertname": "Watchdog"}) with data.mendloop.rules as {"w": watchdog}
	planned.rule == "w"
	refused := mendloop.decision with input as alert({"alertname": "Watchdog", "severity": "none"})
		with data.mendloop.rules as {"w": watchdog}
	refused == {"verdict": "reject", "rule": "w", "reason": "only alerts with severity=critical are acted on"}
}

test_modes_say_how_far_a_rule_goes if {
	off := mendloop.decision with input as alert({}) with data.modes as {"sale": "off"} with data.mendloop.rules as sale
	off == {"verdict": "reject", "rule": "sale", "reason": "this rule is off (modes)"}
	observe := mendloop.decision with input as alert({}) with data.modes as {"sale": "observe"}
		with data.mendloop.rules as sale
	observe == {"verdict": "observe", "rule": "sale", "plan": plan}
	approve := mendloop.decision with input as alert({}) with data.modes as {"sale": "approve"}
		with data.mendloop.rules as sale
	approve.verdict == "plan"
	approve.mode == "approve"
	approve.plan.approval.reason == "rule sale is in mode approve"
}

test_a_mode_that_is_none_never_acts if {
	every none in ["Auto", "", false, null, 1] {
		decision := mendloop.decision with input as alert({}) with data.modes as {"sale": none}
			with data.mendloop.rules as sale
		decision.verdict == "reject"
		decision.reason == "its mode is none of off, observe, approve and auto (modes)"
	}
}

test_a_rule_has_a_mode_of_its_own_that_the_data_may_change if {
	careful := {"sale": object.union(sale.sale, {"mode": "observe"})}
	own := mendloop.decision with input as alert({}) with data.mendloop.rules as careful
	own.verdict == "observe"
	changed := mendloop.decision with input as alert({}) with data.modes as {"sale": "auto"}
		with data.mendloop.rules as careful
	changed.mode == "auto"
}

test_the_people_who_approve_are_those_of_the_namespace_then_of_the_team if {
	people := {
		"teams": {"shop": {"approval": {"quorum": 2, "roles": ["shop"]}}},
		"namespaces": {"production": {"approval": {"roles": ["production"]}}},
	}
	decision := mendloop.decision with input as alert({"team": "shop"}) with data.modes as {"sale": "approve"}
		with data.mendloop.rules as sale
		with data.overrides as {"escalation": people}
	decision.plan.approval.quorum == 1
	decision.plan.approval.teams.shop.quorum == 2
	every terms in {decision.plan.approval, decision.plan.approval.teams.shop} {
		terms.roles == ["production"]
		terms.deadlineSeconds == 1800
	}
}

test_who_approves_is_said_also_where_a_flag_may_ask if {
	people := {"teams": {"shop": {"approval": {"quorum": 2}}}}
	decision := mendloop.decision with input as alert({"team": "other"}) with data.mendloop.rules as sale
		with data.overrides as {"escalation": people}
	decision.mode == "auto"
	not decision.plan.approval
	decision.plan.approvers.teams == {"shop": object.union(
		object.remove(decision.plan.approvers, ["teams"]),
		{"quorum": 2},
	)}
}

test_an_approval_that_the_plan_asks_for_stays if {
	asked := {"sale": object.union(sale.sale, {"plan": {"approval": {"quorum": 3}}})}
	approve := mendloop.decision with input as alert({}) with data.modes as {"sale": "approve"}
		with data.mendloop.rules as asked
	approve.plan.approval.quorum == 3
	auto := mendloop.decision with input as alert({}) with data.mendloop.rules as asked
	auto.plan.approval == {"quorum": 3}
}

test_a_plan_beyond_the_limits_is_for_a_human if {
	decision := mendloop.decision with input as alert({}) with data.mendloop.rules as sale
		with data.overrides as {"limits": {"namespaces": {"production": {"maxReplicas": 4}}}}
	decision.verdict == "human"
	decision.reason == "the plan asks for more than 4 replicas (limits.maxReplicas)"
	step := {"sale": object.union(sale.sale, {"plan": {"parameters": {"replicas": 1, "max": 999}}})}
	stepped := mendloop.decision with input as alert({}) with data.mendloop.rules as step
	stepped.verdict == "human"
}
