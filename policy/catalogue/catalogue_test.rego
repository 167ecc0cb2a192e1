package catalogue_test

import data.mendloop
import data.mendloop.catalogue

alert(labels) := {"alert": {"labels": labels}, "cluster": "default"}

decide(labels) := decision if {
	decision := mendloop.decision with input as alert(labels) with data.modes as {}
}

throttled := {"alertname": "CPUThrottlingHigh", "severity": "warning", "namespace": "shop", "pod": "api-x2x4z"}

slow := {"alertname": "HighRequestLatency", "severity": "critical", "service": "order-service"}

test_every_alert_has_its_own_decision if {
	every name in catalogue.names {
		decision := decide(catalogue.sample(name))
		decision.rule == concat("", ["catalogue/", name])
		decision.verdict == {"human": "human", "scale": "plan", "ignore": "reject"}[catalogue.described(name).decision]
	}
}

test_every_human_decision_says_why_and_where_to_look if {
	every name in catalogue.names {
		entry := catalogue.described(name)
		told(name, entry)
	}
}

told(name, entry) if {
	entry.decision == "ignore"
	count(decide({"alertname": name}).reason) > 0
}

told(name, entry) if {
	entry.decision != "ignore"
	decision := decide({"alertname": name, "severity": "critical"})
	decision.verdict == "human"
	contains(decision.reason, data.catalogue.why[entry.why])
	endswith(decision.reason, concat("", [" Look at: ", entry.look]))
	startswith(decision.runbookUrl, "https://")
}

test_no_alert_stands_twice if {
	every name in catalogue.names {
		count([source | some source; data.catalogue.alerts[source][name]]) == 1
	}
}

test_what_an_entry_takes_over_is_there_whole if {
	every source in object.keys(data.catalogue.alerts) {
		data.catalogue.sources[source].title
		every entry in data.catalogue.alerts[source] {
			taken := object.get(entry, "as", "CPUThrottlingHigh")
			not catalogue.known(taken).entry.as
			count(catalogue.known(taken).entry) > 0
		}
	}
}

test_a_throttled_pod_gets_one_replica_more_if_a_human_says_so if {
	decision := decide(throttled)
	decision.mode == "approve"
	decision.plan.target == {"cluster": "default", "namespace": "shop", "kind": "Pod", "name": "api-x2x4z"}
	decision.plan.parameters == {"add": 1, "max": 10}
	decision.plan.approval.quorum == 1
	decision.plan.verification.objective.threshold == 0.25
	decision.plan.runbookUrl == "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/cputhrottlinghigh"
}

test_the_cpu_that_a_pod_uses_of_its_limit_proves_it if {
	decision := decide(object.union(throttled, {"alertname": "ContainerHighCpuUtilization"}))
	decision.plan.verification.objective.query.expr == concat("", [
		"sum(rate(container_cpu_usage_seconds_total{namespace=$namespace,pod=$pod,container!=\"\"}[5m])) / ",
		"sum(container_spec_cpu_quota{namespace=$namespace,pod=$pod,container!=\"\"} / ",
		"container_spec_cpu_period{namespace=$namespace,pod=$pod,container!=\"\"})",
	])
}

test_a_step_never_passes_the_limits_of_the_namespace if {
	decision := mendloop.decision with input as alert(throttled)
		with data.overrides as {"limits": {"namespaces": {"shop": {"maxReplicas": 4, "step": {"add": 2, "max": 8}}}}}
	decision.plan.parameters == {"add": 2, "max": 4}
}

test_where_nobody_is_bothered_it_only_watches if {
	decision := decide(object.union(throttled, {"severity": "info"}))
	decision.verdict == "observe"
	decision.plan.parameters == {"add": 1, "max": 10}
	told := decide({"alertname": "KubeQuotaFullyUsed", "severity": "info"})
	told.verdict == "reject"
	startswith(told.reason, "severity info bothers nobody. A limit that somebody set is reached")
}

test_a_pod_without_a_name_is_for_a_human if {
	decision := decide(object.remove(throttled, ["namespace"]))
	decision.verdict == "human"
	startswith(decision.reason, "label namespace names no Kubernetes object: not scaled. A limit that somebody set")
}

test_a_system_pod_is_for_a_human if {
	decision := decide(object.union(throttled, {"namespace": "kube-system"}))
	decision.verdict == "human"
	startswith(decision.reason, "nothing is done to targets in namespace kube-system")
}

test_a_slow_service_that_is_known_is_scaled_when_its_load_is_abnormal if {
	decision := decide(slow)
	decision.verdict == "plan"
	decision.mode == "approve"
	decision.plan.target.name == "order-service"
	decision.plan.parameters.replicas == 5
	decision.plan.budget.name == "default"
	[signal] := decision.plan.evidence.signals
	signal.name == "traffic"
	signal.minChange == 1
	signal.source.query.expr == "sum(rate(http_request_duration_seconds_count{service=$service}[1m]))"
}

test_the_services_own_evidence_goes_first if {
	own := {"threshold": 0.9, "signals": [{"use": "latency"}]}
	decision := mendloop.decision with input as alert(slow)
		with data.overrides as {"services": {"order-service": {"evidence": own}}}
	decision.plan.evidence.threshold == 0.9
	decision.plan.evidence.signals[0].name == "latency"
	none := mendloop.decision with input as alert(slow)
		with data.overrides as {"services": {"order-service": {"evidence": null}}}
	not none.plan.evidence
}

test_the_label_of_the_service_may_have_another_name if {
	decision := decide({
		"alertname": "IstioHighRequestLatency", "severity": "warning",
		"destination_canonical_service": "order-service",
	})
	decision.plan.target.name == "order-service"
}

test_a_service_that_is_not_known_is_for_a_human if {
	every labels in [{"service": "unknown"}, {"service": "__proto__"}, {}] {
		decision := decide(object.union({"alertname": "HighRequestLatency"}, labels))
		decision.verdict == "human"
		startswith(decision.reason, "label service names no service that the data has with `scale` and an SLO")
	}
}

test_the_runbook_of_the_alert_goes_first if {
	own := {"annotations": {"runbook_url": "https://runbooks.example.com/mine"}}
	decision := mendloop.decision with input as object.union(alert({"alertname": "KubePodCrashLooping"}), {"alert": own})
	decision.runbookUrl == "https://runbooks.example.com/mine"
	every bad in ["javascript:alert(1)", "https://two words", "ftp://x", "httpx://x"] {
		other := mendloop.decision with input as object.union(
			alert({"alertname": "KubePodCrashLooping"}),
			{"alert": {"annotations": {"runbook_url": bad}}},
		)
		other.runbookUrl == "https://runbooks.prometheus-operator.dev/runbooks/kubernetes/kubepodcrashlooping"
	}
}

test_the_runbook_of_an_entry_with_another_name_is_that_of_the_original if {
	decision := decide({"alertname": "HostClockSkew"})
	decision.runbookUrl == "https://runbooks.prometheus-operator.dev/runbooks/node/nodeclockskewdetected"
}

test_an_entry_may_be_changed_added_and_switched_off if {
	mine := {"catalogue": {
		"KubePodCrashLooping": {"decision": "ignore", "reason": "we look once a day"},
		"OurOwnAlert": {"as": "KubePodCrashLooping", "look": "the wiki", "decision": "human", "reason": "We know."},
		"Standalone": {"why": "data", "look": "the dump", "runbook": "https://runbooks.example.com/dump"},
	}}
	changed := mendloop.decision with input as alert({"alertname": "KubePodCrashLooping"}) with data.overrides as mine
	changed == {"verdict": "reject", "rule": "catalogue/KubePodCrashLooping", "reason": "we look once a day"}
	added := mendloop.decision with input as alert({"alertname": "OurOwnAlert"}) with data.overrides as mine
	added.reason == "We know. Look at: the wiki"
	alone := mendloop.decision with input as alert({"alertname": "Standalone"}) with data.overrides as mine
	alone.runbookUrl == "https://runbooks.example.com/dump"
	every mode in [{"catalogue/CPUThrottlingHigh": "off"}, {"catalogue": "off"}] {
		off := mendloop.decision with input as alert(throttled) with data.modes as mode
		off.reason == "this rule is off (modes)"
	}
	silent := mendloop.decision with input as alert({"alertname": "KubeHpaMaxedOut"}) with data.modes as {"catalogue": "off"}
	silent.verdict == "reject"
	silent.reason == "this rule is off (modes)"
}

test_an_entry_may_be_promoted if {
	decision := mendloop.decision with input as alert(throttled) with data.modes as {"catalogue/CPUThrottlingHigh": "auto"}
	decision.mode == "auto"
	not decision.plan.approval
	own := mendloop.decision with input as alert(throttled)
		with data.overrides as {"catalogue": {"CPUThrottlingHigh": {"mode": "observe"}}}
	own.verdict == "observe"
}

test_without_a_service_to_scale_the_sample_names_none if {
	catalogue.sample("HighRequestLatency").service == "order-service"
	without := catalogue.sample("HighRequestLatency") with data.services as {}
	without.service == ""
}
