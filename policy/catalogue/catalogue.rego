# METADATA
# title: Catalogue
# description: |
#   What to do about the alerts that everybody has, where no rule of one's own knows better. One rule for all: the
#   entries are data, below catalogue/alerts, and `overrides.catalogue.<alert>` changes any of them.
package mendloop.catalogue

import data.mendloop.lib

decision := lib.rejected(rule, "this rule is off (modes)") if {
	entry
	configured == "off"
} else := lib.rejected(rule, entry.reason) if {
	entry.decision == "ignore"
} else := lib.planned(rule, plan, mode) if {
	entry.decision == "scale"
} else := lib.rejected(rule, concat("", ["severity ", lib.severity, " bothers nobody. ", advice])) if {
	entry
	lib.quiet
} else := lib.escalated(rule, concat("", [obstacle, advice]), runbook) if {
	entry
}

rule := concat("", ["catalogue/", lib.alertname])

entry := described(lib.alertname)

# An entry whole: that of another alert where it says `as`, and with what `overrides` says on top.
described(name) := object.union_n([
	{"decision": "human", "source": original.source, "page": original.page},
	original.entry,
	object.remove(found.entry, ["as"]),
	override,
]) if {
	override := lib.override(["catalogue", name])
	found := known(name)
	count(found.entry) + count(override) > 0
	original := known(object.get(object.union(found.entry, override), "as", name))
}

# The first of several, alphabetically by their source.
known(name) := entries[0] if {
	entries := [{"entry": entry, "source": source, "page": lower(name)} |
		some source
		entry := data.catalogue.alerts[source][name]
	]
} else := {"entry": {}, "source": "", "page": ""}

# Why a human, and where to begin.
advice := concat(" Look at: ", [why, entry.look])

why := object.get(entry, "reason", object.get(data.catalogue.why, object.get(entry, "why", ""), ""))

# The alert's own goes first: its author knows more than a catalogue.
runbook := lib.runbook if {
	lib.runbook != null
} else := object.get(entry, "runbook", page)

default page := null

page := concat("", [source.pages, entry.page]) if {
	source.pages
} else := source.url

source := data.catalogue.sources[entry.source]

# Where nobody is bothered, nobody is asked either.
mode := "observe" if {
	lib.quiet
} else := configured

configured := object.get(lib.modes, rule, object.get(lib.modes, "catalogue", object.get(entry, "mode", "approve")))

plan := lib.scale_pod(object.union_n([
	{"runbook": runbook},
	entry.plan,
	{"scale": object.get(entry.plan, "scale", lib.limits_in(lib.labels.namespace).step)},
])) if {
	entry.target == "pod"
	count(unnamed) == 0
}

# The service's own settings go before the catalogue's.
plan := lib.scale_service_by(service_name, object.union_n([{"runbook": runbook}, entry.plan, lib.service(service_name)])) if {
	entry.target == "service"
}

service_name := lib.labels[object.get(entry, "label", "service")]

unnamed := lib.lacks({}, {"namespace", "pod"})

# Why there is no plan although the entry has an action.
default obstacle := ""

obstacle := concat("", [concat("; ", sort(unnamed)), ": not scaled. "]) if {
	entry.decision == "scale"
	entry.target == "pod"
}

obstacle := concat("", [
	"label ", object.get(entry, "label", "service"),
	" names no service that the data has with `scale` and an SLO: not scaled. ",
]) if {
	entry.decision == "scale"
	entry.target == "service"
}

# Labels of an alert that an entry has to answer to: for `mendloop policy lint` and the tests.
sample(name) := object.union({"alertname": name, "severity": "warning"}, named) if {
	named := {
		"": {},
		"pod": {"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z"},
		"service": {object.get(described(name), "label", "service"): scalable},
	}[object.get(described(name), "target", "")]
}

default scalable := ""

scalable := [name | some name, settings in data.services; settings.scale; lib.slo(name).latency][0]

# Every alert that has an entry.
names := {name | some family; some name, _ in data.catalogue.alerts[family]} | object.keys(lib.override(["catalogue"]))
