# METADATA
# title: Decision
# description: |
#   The one entrypoint. Every package below mendloop.rules is a rule: `wants` names the labels it is about, `names` the
#   labels that have to name Kubernetes objects; `plan` says what to do, or `plans` what to try one after the other, or
#   `human` why a machine should not; `refuses` gives further reasons against, `mode` says how far it may go by itself.
#   This file chooses, so that exactly one answer is always defined, however many rules match: a rule's plan, else a
#   rule's word for a human, else a rule's refusal, else the catalogue. Its shape is held by src/domain/decision.ts: anything else is never acted on.
# scope: package
package mendloop

import data.mendloop.catalogue
import data.mendloop.lib
import data.mendloop.rules

# METADATA
# entrypoint: true
default decision := {"verdict": "reject", "rule": "", "reason": "no rule handles this alert"}

decision := lib.rejected("", "the alert is of another cluster") if {
	input.alert.labels.cluster != input.cluster
} else := lib.ladder(name, plans, mode(name)) if {
	name := first({name | some name in matched; steps(name)})
	plans := steps(name)
} else := lib.told(name, human.reason, object.get(human, "runbookUrl", lib.runbook), mode(name)) if {
	name := first({name | some name in matched; rules[name].human})
	human := rules[name].human
} else := lib.rejected(name, "the rule makes no plan of this alert: its data lacks something") if {
	name := first(matched)
} else := lib.rejected(name, concat("; ", sort(faults[name]))) if {
	name := first(object.keys(faults))
} else := catalogue.decision

# The rules about alerts of this name, each with what speaks against it.
faults[name] := lib.lacks(wants, named(name)) | refused(name) if {
	some name
	wants := rules[name].wants
	wants.alertname == lib.alertname
}

matched contains name if {
	some name, against in faults
	count(against) == 0
}

# Several plans are a ladder: each is tried when the one before did not cure.
steps(name) := plans if {
	plans := rules[name].plans
} else := [plan] if {
	plan := rules[name].plan
}

named(name) := names if {
	names := rules[name].names
} else := set()

refused(name) := reasons if {
	reasons := rules[name].refuses
} else := set()

# The data goes before the rule itself.
mode(name) := object.get(lib.modes, name, own_mode(name))

own_mode(name) := furthest if {
	furthest := rules[name].mode
} else := "auto"

# Alphabetical, so that the choice does not depend on the order of files.
first(names) := sort(names)[0]
