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
		decision.verdict == {"human": "human", "scale": "plan", "cure": "plan", "ignore": "reject"}[catalogue.described(name).decision]
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

busy := object.union(throttled, {"alertname": "ContainerHighCpuUtilization"})

test_a_busy_pod_gets_one_replica_more_if_a_human_says_so if {
	decision := decide(busy)
	decision.mode == "approve"
	decision.plan.target == {"cluster": "default", "namespace": "shop", "kind": "Pod", "name": "api-x2x4z"}
	decision.plan.parameters == {"add": 1, "max": 10}
	decision.plan.approval.quorum == 1
	decision.plan.verification.objective.threshold == 0.8
	decision.plan.preconditions == [{"kind": "quota_has_room"}]
	startswith(decision.plan.danger, "More Pods cost money")
	decision.plan.runbookUrl == "https://samber.github.io/awesome-prometheus-alerts/rules"
}

test_a_throttled_pod_gets_a_larger_limit_and_then_a_replica_more if {
	decision := decide(object.union(throttled, {"container": "api"}))
	decision.mode == "approve"
	[first, then] := decision.plans
	first.action == "set_resources"
	first.parameters == {"container": "api", "limits": {"cpu": {"factor": 1.5, "max": "4"}}}
	startswith(first.danger, "Alone, throttling is no trouble")
	then.action == "scale"
	then.parameters == {"add": 1, "max": 10}
	every plan in decision.plans {
		objective := plan.verification.objective
		objective.query.vars == {"namespace": "shop", "pod": {"prefix": "api-"}}
		contains(objective.query.expr, "pod=~$pod")
		objective.threshold == 0.25
		endswith(plan.runbookUrl, "/cputhrottlinghigh")
	}
}

test_every_cure_says_its_danger_and_what_has_to_be_so_before if {
	every name in curable {
		some_plans := plans_of(decide(catalogue.sample(name)))
		every plan in some_plans {
			count(plan.danger) > 0
			count(plan.preconditions) > 0
			plan.approval.quorum == 1
		}
	}
}

curable contains name if {
	some name in catalogue.names
	catalogue.described(name).decision in {"cure", "scale"}
}

plans_of(decision) := object.get(decision, "plans", [decision.plan]) if {
	decision.plan
} else := decision.plans

test_more_than_sixty_alerts_have_a_medicine_that_a_human_approves if {
	count(curable) >= 60
	every name in curable {
		decide(catalogue.sample(name)).mode == "approve"
	}
}

# Each family once: what is done, to what, and how it is proven.
test_a_node_that_is_not_well_gets_no_more_pods_or_is_emptied if {
	every name in {"KubeNodeNotReady", "KubernetesNodeNotReady", "KubeNodeUnreachable"} {
		decision := decide({"alertname": name, "severity": "warning", "node": "worker-3.example"})
		decision.plan.action == "cordon"
		decision.plan.target == {"cluster": "default", "kind": "Node", "name": "worker-3.example"}
		decision.plan.verification.objective == {
			"name": "node out of use",
			"query": {
				"expr": "max(kube_node_spec_unschedulable{node=$node})",
				"vars": {"node": "worker-3.example"},
			},
			"comparison": ">=",
			"threshold": 1,
		}
	}
	every name in emptied {
		decision := decide({"alertname": name, "severity": "warning", "node": "worker-3"})
		decision.plan.action == "drain"
		decision.plan.preconditions == [{"kind": "nodes_ready", "minShare": 0.75}, {"kind": "has_controller"}]
		not decision.plan.verification.objective
	}
	nameless := decide({"alertname": "KubeNodeNotReady", "severity": "warning", "instance": "10.0.0.7:9100"})
	nameless.verdict == "human"
	startswith(nameless.reason, "label node names no Kubernetes object: nothing is tried.")
}

emptied := {
	"KubeNodeReadinessFlapping", "KubeNodePressure", "KubernetesNodeMemoryPressure", "KubernetesNodeDiskPressure",
	"KubernetesNodeNetworkUnavailable", "HostEdacUncorrectableErrorsDetected", "HostPhysicalComponentTooHot",
	"HostNodeOvertemperatureAlarm", "HostCpuStealNoisyNeighbor",
}

test_a_cure_may_have_a_prelude_of_an_object_that_a_label_names if {
	prelude := {
		"action": "raise_quota", "maxSeconds": 900,
		"target": {"kind": "ResourceQuota", "name": "$resourcequota"},
		"parameters": {"resource": "pods", "add": "2", "max": "20"},
	}
	stuck := {
		"decision": "cure", "target": "deployment", "reason": "r", "look": "l",
		"cures": [{"action": "restart", "prelude": prelude}],
	}
	labels := {"alertname": "OurRolloutLacksQuota", "severity": "warning", "namespace": "shop", "deployment": "api"}
	named := object.union(labels, {"resourcequota": "tenant"})
	decision := decide(named) with data.overrides as {"catalogue": {"OurRolloutLacksQuota": stuck}}
	decision.plan.prelude == object.union(prelude, {"target": {
		"cluster": "default", "namespace": "shop", "kind": "ResourceQuota",
		"name": "tenant",
	}})
	nameless := decide(labels) with data.overrides as {"catalogue": {"OurRolloutLacksQuota": stuck}}
	nameless.verdict == "human"
}

test_a_jvm_in_trouble_loses_the_one_pod_and_has_to_stay_free_of_the_alert if {
	every name in {name | some name in curable; startswith(name, "Jvm")} {
		decision := decide({
			"alertname": name, "severity": "warning",
			"namespace": "shop", "pod": "till-6f5d9c7b4-x2x4z",
		})
		decision.plan.action == "delete_pod"
		{"kind": "kind_is", "kinds": ["Deployment", "ReplicaSet"]} in decision.plan.preconditions
		decision.plan.verification.objective == {
			"name": concat(" ", [name, "pending or firing"]),
			"query": {
				"expr": "count(ALERTS{alertname=$alertname,namespace=$namespace,pod=~$pod})",
				"vars": {"alertname": name, "namespace": "shop", "pod": {"prefix": "till-"}},
			},
			"whenEmpty": "zero",
			"comparison": "<",
			"threshold": 1,
		}
	}
	count({name | some name in curable; startswith(name, "Jvm")}) == 11
}

test_a_jvm_that_warms_up_is_for_a_human if {
	decide(catalogue.sample("JvmCompilationTimeSpike")).verdict == "human"
}

test_errors_of_a_service_that_was_released_of_late_are_taken_back if {
	every name in {"ErrorBudgetBurn", "HighErrorRate", "TraefikHighHttp5xxErrorRateService", "LinkerdHighErrorRate"} {
		decision := decide({"alertname": name, "severity": "critical", "service": "order-service"})
		decision.plan.action == "rollback_release"
		decision.plan.target.name == "order-service"
		{"kind": "released_within", "hours": 24} in decision.plan.preconditions
		{"kind": "no_migration_between"} in decision.plan.preconditions
		objective := decision.plan.verification.objective
		objective.threshold == 0.01
		contains(objective.query.expr, "or vector(0)")
	}
	istio := decide({
		"alertname": "IstioHigh5xxErrorRate", "severity": "critical",
		"destination_canonical_service": "order-service",
	})
	istio.plan.target.name == "order-service"
	unknown := decide({"alertname": "ErrorBudgetBurn", "severity": "critical", "service": "elsewhere"})
	startswith(unknown.reason, "label service names no service that the data has with an SLO for its errors")
	unpromised := mendloop.decision with input as alert({"alertname": "ErrorBudgetBurn", "service": "order-service"})
		with data.slos as {}
	unpromised.verdict == "human"
}

test_a_stateful_set_goes_back_only_from_a_release_of_the_day if {
	every name in {"KubeStatefulSetReplicasMismatch", "KubernetesStatefulsetDown", "KubernetesStatefulsetReplicasMismatch"} {
		decision := decide({"alertname": name, "severity": "warning", "namespace": "shop", "statefulset": "ledger"})
		decision.plan.action == "rollback_release"
		decision.plan.target.kind == "StatefulSet"
		{"kind": "released_within", "hours": 24} in decision.plan.preconditions
		contains(decision.plan.danger, "quorum")
	}
}

test_memory_is_raised_once_a_day if {
	every name in {"KubernetesContainerOomKiller", "ContainerHighMemoryUsage"} {
		decision := decide(object.union(looping, {"alertname": name}))
		decision.plan.action == "set_resources"
		{"kind": "not_repeated"} in decision.plan.preconditions
	}
}

test_more_requests_are_answered_by_replicas_only_for_a_service_that_is_known if {
	every name in {"HighRequestRate", "IstioHighTotalRequestRate"} {
		decision := decide({"alertname": name, "severity": "warning", "service": "order-service"})
		decision.plan.action == "scale"
		decision.plan.evidence.threshold == 0.5
	}
}

test_a_gateway_is_restarted if {
	decision := decide({
		"alertname": "IstioKubernetesGatewayAvailabilityDrop", "severity": "critical",
		"namespace": "mesh", "deployment": "gateway",
	})
	decision.plan.action == "restart"
	decision.plan.target.kind == "Deployment"
}

test_the_alert_of_an_object_that_is_no_pod_is_known_by_its_own_label if {
	cure := {"decision": "cure", "target": "daemonset", "cures": [{"action": "restart", "proof": "alert"}], "plan": {}}
	decision := mendloop.decision with input as alert({"alertname": "Agents", "namespace": "ops", "daemonset": "agent"})
		with data.overrides as {"catalogue": {"Agents": cure}}
	decision.plan.verification.objective.query == {
		"expr": "count(ALERTS{alertname=$alertname,daemonset=$daemonset,namespace=$namespace})",
		"vars": {"alertname": "Agents", "namespace": "ops", "daemonset": "agent"},
	}
}

test_what_an_entry_wants_before_comes_on_top_of_what_its_action_wants if {
	mine := {"catalogue": {"KubeJobFailed": {"cures": [{
		"action": "retry_job", "danger": "It pays twice.",
		"preconditions": [{"kind": "marked", "label": "idempotent"}],
	}]}}}
	decision := mendloop.decision with input as alert({
		"alertname": "KubeJobFailed", "severity": "warning",
		"namespace": "shop", "job_name": "bill",
	})
		with data.overrides as mine
	decision.plan.preconditions == [{"kind": "not_repeated"}, {"kind": "marked", "label": "idempotent"}]
	decision.plan.danger == "It pays twice."
	alone := mendloop.decision with input as alert({
		"alertname": "KubeJobFailed", "severity": "warning",
		"namespace": "shop", "job_name": "bill",
	})
		with data.cures as {}
		with data.overrides as {}
	not alone.plan.preconditions
	not alone.plan.danger
}

test_without_a_promise_of_errors_the_sample_names_no_service if {
	without := catalogue.sample("ErrorBudgetBurn") with data.slos as {}
	without.service == ""
}

looping := {
	"alertname": "KubePodCrashLooping", "severity": "warning",
	"namespace": "shop", "pod": "api-x2x4z", "container": "api",
}

test_a_crash_loop_is_restarted_then_rolled_back_if_a_human_says_so if {
	decision := decide(looping)
	decision.verdict == "plan"
	decision.mode == "approve"
	[first, then] := decision.plans
	[first.action, then.action] == ["restart", "rollback_release"]
	every plan in decision.plans {
		plan.target == {"cluster": "default", "namespace": "shop", "kind": "Pod", "name": "api-x2x4z"}
		plan.approval.quorum == 1
		plan.verification.conditions == [{"kind": "rollout_complete"}, {"kind": "no_restarts", "forSeconds": 300}]
		endswith(plan.runbookUrl, "/kubepodcrashlooping")
	}
}

test_one_cure_is_a_plan_of_its_own if {
	decision := decide({
		"alertname": "KubernetesHpaScaleMaximum", "severity": "warning",
		"namespace": "shop", "horizontalpodautoscaler": "api",
	})
	not decision.plans
	decision.plan.action == "raise_hpa_max"
	decision.plan.target == {
		"cluster": "default", "namespace": "shop",
		"kind": "HorizontalPodAutoscaler", "name": "api",
	}
	decision.plan.parameters == {"factor": 1.25, "max": 20}
}

test_a_parameter_may_be_what_a_label_says if {
	killed := object.union(looping, {"alertname": "KubernetesContainerOomKiller"})
	decide(killed).plan.parameters.container == "api"
	without := decide(object.remove(killed, ["container"]))
	without.plan.parameters == {"limits": {"memory": {"factor": 1.5, "max": "4Gi"}}}
}

test_what_names_nothing_to_cure_is_for_a_human if {
	decision := decide(object.remove(looping, ["pod"]))
	decision.verdict == "human"
	startswith(decision.reason, "label pod names no Kubernetes object: nothing is tried. The program or its configuration")
}

test_the_label_that_names_what_is_cured_may_have_another_name if {
	decision := mendloop.decision with input as alert(object.union(looping, {"exported_pod": "api-7x7x7"}))
		with data.modes as {}
		with data.overrides as {"catalogue": {"KubePodCrashLooping": {"label": "exported_pod"}}}
	decision.plans[0].target.name == "api-7x7x7"
}

test_the_cpu_that_a_pod_uses_of_its_limit_proves_it if {
	decision := decide(busy)
	decision.plan.verification.objective.query.expr == concat("", [
		"sum(rate(container_cpu_usage_seconds_total{namespace=$namespace,pod=$pod,container!=\"\"}[5m])) / ",
		"sum(container_spec_cpu_quota{namespace=$namespace,pod=$pod,container!=\"\"} / ",
		"container_spec_cpu_period{namespace=$namespace,pod=$pod,container!=\"\"})",
	])
}

test_a_step_never_passes_the_limits_of_the_namespace if {
	decision := mendloop.decision with input as alert(busy)
		with data.overrides as {"limits": {"namespaces": {"shop": {"maxReplicas": 4, "step": {"add": 2, "max": 8}}}}}
	decision.plan.parameters == {"add": 2, "max": 4}
}

test_where_nobody_is_bothered_it_only_watches if {
	decision := decide(object.union(busy, {"severity": "info"}))
	decision.verdict == "observe"
	decision.plan.parameters == {"add": 1, "max": 10}
	told := decide({"alertname": "KubeQuotaFullyUsed", "severity": "info"})
	told.verdict == "reject"
	startswith(told.reason, "severity info bothers nobody. A limit that somebody set is reached")
}

test_a_pod_without_a_name_is_for_a_human if {
	decision := decide(object.remove(busy, ["namespace"]))
	decision.verdict == "human"
	startswith(decision.reason, "label namespace names no Kubernetes object: not scaled. A limit that somebody set")
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
	decision := mendloop.decision with input as alert(busy) with data.modes as {"catalogue/ContainerHighCpuUtilization": "auto"}
	decision.mode == "auto"
	not decision.plan.approval
	own := mendloop.decision with input as alert(busy)
		with data.overrides as {"catalogue": {"ContainerHighCpuUtilization": {"mode": "observe"}}}
	own.verdict == "observe"
}

test_without_a_service_to_scale_the_sample_names_none if {
	catalogue.sample("HighRequestLatency").service == "order-service"
	without := catalogue.sample("HighRequestLatency") with data.services as {}
	without.service == ""
}

test_a_script_is_a_cure_and_an_alert_fills_in_its_parameters if {
	cure := {"action": "job", "parameters": {"name": "flush", "values": {"APP": "$app", "MODE": "soft", "ZONE": "$zone"}}}
	mine := {
		"catalogue": {"OurCacheIsStale": {
			"decision": "cure", "target": "deployment", "cures": [cure],
			"reason": "It has kept what was deleted.", "look": "its age", "runbook": "https://runbooks.example.com/cache",
		}},
		"jobs": {"flush": {"image": "flush:1", "deadlineSeconds": 60, "parameters": {"APP": {}}}},
	}
	labels := {"alertname": "OurCacheIsStale", "namespace": "shop", "deployment": "cart", "app": "cart"}
	decision := mendloop.decision with input as alert(labels) with data.overrides as mine
	decision.plan.action == "job"
	decision.plan.parameters.values == {"APP": "cart", "MODE": "soft"}
	decision.plan.parameters.template.image == "flush:1"
	decision.plan.target.name == "cart"
}
