package mendloop_samples_test

import data.mendloop_samples as samples

test_every_rule_has_a_sample_with_its_decision if {
	sampled := samples.rules.order_service_cpu_throttling
	sampled.wants.alertname == "OrderServiceCPUThrottling"
	[sample] := sampled.samples
	sample.decision.rule == "order_service_cpu_throttling"
	sample.planned
	samples.rules.pod_cpu_throttling.samples[0].labels.pod == "api-7d9f8b6c5-x2x4z"
	count(samples.unheard) == 0
}

test_a_rule_that_only_watches_is_sampled_as_if_it_acted if {
	watching := samples.rules with data.modes as {"order_service_cpu_throttling": "observe"}
	watching.order_service_cpu_throttling.samples[0].decision.verdict == "plan"
}

test_it_is_noon_on_a_wednesday_unless_the_rule_says_otherwise if {
	asked := samples.input_of({"alertname": "X"})
	samples.at_its_time(asked, {}) == asked
	night := samples.at_its_time(asked, {"examples_now": {"hour": 3}})
	night.now == object.union(asked.now, {"hour": 3})
	night.alert == asked.alert
}

test_the_catalogue_and_the_services_are_sampled if {
	samples.catalogue.KubePodCrashLooping.samples[0].decision.plans[1].action == "rollback_release"
	samples.catalogue.KubeAPIDown.samples[0].decision.verdict == "human"
	samples.services["order-service"].samples[0].decision.plan.parameters.replicas == 5
	samples.targets["order-service"].namespace == "production"
	samples.slos["order-service"].latency.thresholdSeconds == 0.2
	samples.without_budget.catalogue
	samples.modes.pod_cpu_throttling == "observe"
}

test_a_service_without_an_objective_has_no_sample if {
	without := samples.services with data.slos as {}
	without["order-service"].samples == []
}

test_a_package_that_wants_nothing_is_named if {
	unheard := samples.unheard with data.mendloop.rules as {"lost": {"plan": {}}}
	unheard == {"lost"}
}

test_a_plan_that_is_turned_down_is_a_plan_all_the_same if {
	limited := samples.rules with data.overrides as {"limits": {"maxReplicas": 2}}
	[sample] := limited.order_service_cpu_throttling.samples
	sample.planned
	sample.decision.verdict == "human"
}

test_a_word_for_a_human_is_no_plan if {
	rules := {"left": {"wants": {"alertname": "Left"}, "human": {"reason": "read first"}}}
	left := samples.rules with data.mendloop.rules as rules
	left.left.samples[0].planned == false
}
