# METADATA
# title: Decision
# description: |
#   The one entrypoint. Every file below rules/ offers plans and refusals by the name of its rule; this file chooses, so
#   that exactly one answer is always defined, however many rules match. Its shape is held by
#   src/domain/decision.ts: anything else is never acted on.
package mendloop

import data.mendloop.rules

default decision := {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}

decision := {"verdict": "reject", "rule": "", "reason": "the alert is of another cluster"} if foreign

decision := {"verdict": verdict(name), "rule": name, "plan": rules.plans[name]} if {
	not foreign
	name := first(rules.plans)
}

decision := {"verdict": "reject", "rule": name, "reason": rules.refusals[name]} if {
	not foreign
	count(rules.plans) == 0
	name := first(rules.refusals)
}

foreign if input.alert.labels.cluster != input.cluster

# Alphabetical, so that the choice does not depend on the order of files.
first(rule_set) := sort(object.keys(rule_set))[0]

# data.modes names the rules that only watch; src/domain/decision.ts knows no other mode yet.
default verdict(_) := "plan"

verdict(name) := "observe" if data.modes[name] == "observe"
