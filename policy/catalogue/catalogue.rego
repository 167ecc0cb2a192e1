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
} else := lib.ladder(rule, cures, mode) if {
	entry.decision == "cure"
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
	care({"action": "scale"}),
	entry.plan,
	{"scale": object.get(entry.plan, "scale", lib.limits_in(lib.labels.namespace).step)},
])) if {
	entry.target == "pod"
	count(unnamed) == 0
}

# The service's own settings go before the catalogue's.
plan := lib.scale_service_by(service_name, object.union_n([
	{"runbook": runbook},
	care({"action": "scale"}),
	entry.plan,
	lib.service(service_name),
])) if {
	entry.target == "service"
}

service_name := lib.labels[object.get(entry, "label", "service")]

# What an entry acts on, and the label that names it. A node is of the cluster itself: it has no namespace.
objects := {
	"node": ["Node", "node"],
	"pod": ["Pod", "pod"],
	"deployment": ["Deployment", "deployment"],
	"statefulset": ["StatefulSet", "statefulset"],
	"daemonset": ["DaemonSet", "daemonset"],
	"job": ["Job", "job_name"],
	"autoscaler": ["HorizontalPodAutoscaler", "horizontalpodautoscaler"],
	"claim": ["PersistentVolumeClaim", "persistentvolumeclaim"],
}

# The plans of an entry, in the order in which they are tried: all of them, or none.
cures := plans if {
	plans := [plan |
		some cure in entry.cures
		plan := lib.plan(cure.action, object.union_n([
			object.filter(cure, ["conditions"]),
			cured,
			proof(object.get(cure, "proof", "")),
			care(cure),
			prelude(cure),
			{"parameters": cure_parameters(cure)},
		]))
	]
	count(plans) == count(entry.cures)
}

# Whom the cures are about, and on what terms.
cured := {"name": lib.labels[named_by], "target": target, "settings": settings} if {
	count(unnamed) == 0
	[kind, _] := objects[entry.target]
	target := object.union(
		{"kind": kind, "name": lib.labels[named_by]},
		{"namespace": lib.labels.namespace | kind != "Node"},
	)
	settings := object.union({"runbook": runbook}, object.get(entry, "plan", {}))
} else := {"name": service_name, "target": service.target, "settings": settings} if {
	entry.target == "service"
	service := lib.service(service_name)
	settings := object.union_n([{"runbook": runbook}, object.get(entry, "plan", {}), service])
}

# A step of scaling is what the limits say.
cure_parameters(cure) := lib.replicas(lib.limits_in(lib.labels.namespace).step, lib.labels.namespace) if {
	cure.action == "scale"
} else := filled(object.get(cure, "parameters", {}))

# What has to be so before: of every cure by this action, and of this one.
care(cure) := {
	"danger": danger_of(cure),
	"preconditions": array.concat(wanted_of(cure.action), object.get(cure, "preconditions", [])),
}

# What comes before it, of an object that a label may name: without that label there is no plan.
prelude(cure) := {"prelude": object.union(cure.prelude, {"target": target})} if {
	target := filled(cure.prelude.target)
	target.name
} else := {} if {
	not cure.prelude
}

danger_of(cure) := danger if {
	danger := cure.danger
} else := danger if {
	danger := lib.cures.danger[cure.action]
} else := ""

wanted_of(action) := wanted if {
	wanted := lib.cures.preconditions[action]
} else := []

# How a cure is proven where neither its conditions nor its action say it.
proof(how) := {"objective": lib.alert_objective(proven_by)} if {
	how == "alert"
} else := {"objective": lib.workload_objective(lib.labels.namespace, lib.labels[named_by], entry.plan)} if {
	how == "pods"
} else := {"objective": lib.out_of_use_objective(lib.labels[named_by])} if {
	how == "out_of_use"
} else := {"objective": lib.errors_objective(service_name, cured.settings)} if {
	how == "errors"
} else := {} if {
	how == ""
}

# The labels by which the alert of the object is known again, those of its successors among them.
proven_by := {"namespace": lib.labels.namespace, named_by: {"prefix": lib.workload_prefix(lib.labels[named_by])}} if {
	entry.target == "pod"
} else := object.filter(lib.labels, {"namespace", named_by})

# A parameter `$container` is what that label of the alert says, and none where the alert has no such label.
filled(parameters) := {key: value |
	some key, given in parameters
	value := value_of(given)
}

value_of(given) := label_or(given) if {
	not is_object(given)
} else := {key: value | some key, inner in given; value := label_or(inner)} if {
	is_object(given)
}

label_or(given) := lib.labels[trim_prefix(given, "$")] if {
	refers(given)
} else := given if {
	not refers(given)
}

refers(given) if {
	is_string(given)
	startswith(given, "$")
}

named_by := object.get(entry, "label", objects[entry.target][1])

unnamed := lib.lacks({}, {named_by}) if {
	entry.target == "node"
} else := lib.lacks({}, {"namespace", named_by})

# Why there is no plan although the entry has one.
default obstacle := ""

obstacle := concat("", [concat("; ", sort(unnamed)), ": not scaled. "]) if {
	entry.decision == "scale"
	entry.target == "pod"
}

obstacle := concat("", [concat("; ", sort(unnamed)), ": nothing is tried. "]) if {
	entry.decision == "cure"
	entry.target != "service"
}

obstacle := concat("", [
	"label ", object.get(entry, "label", "service"),
	" names no service that the data has with `scale` and an SLO: not scaled. ",
]) if {
	entry.decision == "scale"
	entry.target == "service"
}

obstacle := concat("", [
	"label ", object.get(entry, "label", "service"),
	" names no service that the data has with an SLO for its errors: nothing is tried. ",
]) if {
	entry.decision == "cure"
	entry.target == "service"
}

# Labels of an alert that an entry has to answer to: for `mendloop policy lint` and the tests.
sample(name) := object.union({"alertname": name, "severity": "warning"}, names_in(described(name)))

names_in(known_as) := {} if {
	not known_as.target
} else := {object.get(known_as, "label", "service"): releasable} if {
	known_as.target == "service"
	known_as.decision == "cure"
} else := {object.get(known_as, "label", "service"): scalable} if {
	known_as.target == "service"
} else := {object.get(known_as, "label", objects[known_as.target][1]): "node-7"} if {
	known_as.target == "node"
} else := {"namespace": "shop", object.get(known_as, "label", objects[known_as.target][1]): "api-7d9f8b6c5-x2x4z"}

default scalable := ""

scalable := [name | some name, settings in data.services; settings.scale; lib.slo(name).latency][0]

default releasable := ""

releasable := [name | some name, _ in data.services; lib.slo(name).errors][0]

# Every alert that has an entry.
names := {name | some family; some name, _ in data.catalogue.alerts[family]} | object.keys(lib.override(["catalogue"]))
