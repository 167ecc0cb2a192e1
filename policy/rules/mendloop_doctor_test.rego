package mendloop_doctor_test

import data.mendloop

alert(labels) := {
	"alert": {"labels": object.union(
		{"alertname": "MendloopDoctor", "severity": "none", "namespace": "shop", "deployment": "mendloop-doctor"},
		labels,
	)},
	"cluster": "default",
}

test_the_synthetic_alert_is_only_observed if {
	decision := mendloop.decision with input as alert({})
	decision.verdict == "observe"
	decision.rule == "mendloop_doctor"
	decision.plan.target == {"cluster": "default", "namespace": "shop", "kind": "Deployment", "name": "mendloop-doctor"}
	not decision.plan.budget
}

test_what_names_no_object_is_refused if {
	decision := mendloop.decision with input as alert({"namespace": "a/b"})
	decision.verdict == "reject"
}
