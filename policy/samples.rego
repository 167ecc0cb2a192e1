# METADATA
# title: Samples
# description: |
#   What every rule, every entry of the catalogue and every service answers to the alerts that it names itself: what
#   `mendloop policy lint` judges. Modes are left out, so that a rule that only watches is judged as if it acted. It is
#   noon on a Wednesday, unless the rule says otherwise: `examples_now := {"weekday": "Sunday", "hour": 3}`.
package mendloop_samples

import data.mendloop
import data.mendloop.catalogue as known
import data.mendloop.lib

rules[name] := {"wants": rule.wants, "samples": samples} if {
	some name, rule in data.mendloop.rules
	samples := [{"labels": labels, "decision": decision, "planned": count(plans) > 0} |
		some example in object.get(rule, "examples", [{}])
		labels := object.union(rule.wants, example)
		asked := at_its_time(input_of(labels), rule)
		plans := [plan | some key in ["plan", "plans"]; plan := data.mendloop.rules[name][key]] with input as asked
		decision := mendloop.decision with data.mendloop.lib.modes as {} with input as asked
	]
}

# Packages that no decision will ever look at.
unheard contains name if {
	some name, rule in data.mendloop.rules
	not rule.wants
}

catalogue[name] := {"samples": [{"labels": labels, "decision": decision}]} if {
	some name in known.names
	labels := known.sample(name)
	decision := mendloop.decision with data.mendloop.lib.modes as {} with input as input_of(labels)
}

# Services that may be scaled, each as a rule without an alert.
services[name] := {"samples": [sample |
	plan := lib.scale_service(name) with input as input_of({})
	decision := lib.planned(concat("/", ["services", name]), plan, "auto")
	sample := {"labels": {}, "decision": decision, "planned": true}
]} if {
	some name in (object.keys(data.services) | object.keys(lib.override(["services"])))
	lib.setting(lib.service(name), "scale")
}

# What the answers are held against.
targets[name] := lib.service(name).target if some name, _ in services

slos[name] := lib.slo(name) if some name in (object.keys(data.slos) | object.keys(lib.override(["slos"])))

without_budget := lib.limits.withoutBudget

modes := lib.modes

at_its_time(asked, rule) := object.union(asked, {"now": object.get(rule, "examples_now", {})})

# As `input.now` is: src/clients/policy/policy-clock.ts.
noon := {
	"rfc3339": "2000-01-05T12:00:00Z", "unixSeconds": 947073600,
	"year": 2000, "month": 1, "day": 5, "weekday": "Wednesday", "hour": 12, "minute": 0,
}

input_of(labels) := {
	"alert": {
		"status": "firing", "labels": labels, "annotations": {},
		"startsAt": "2000-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "0000000000000000",
	},
	"cluster": object.get(labels, "cluster", "default"),
	"now": noon,
}
