# Whole plans from the data: what a rule gives as its `plan`.
package mendloop.lib

# Scales a service of the data as it says there, and proves the cure by its SLO.
scale_service(name) := scale_service_by(name, service(name))

# The same by settings that say more than the data does.
scale_service_by(name, settings) := scale({
	"name": name,
	"target": settings.target,
	"settings": settings,
	"objective": service_objective(name, settings),
	"neighbours": service_neighbours(name, settings),
})

# Scales what owns the Pod that the labels `namespace` and `pod` name, and proves the cure on that Pod.
scale_pod(settings) := scale({
	"name": labels.pod,
	"target": {"namespace": labels.namespace, "kind": "Pod", "name": labels.pod},
	"settings": settings,
	"objective": pod_objective(labels.namespace, labels.pod, settings),
	"neighbours": [],
})

# The plan to scale a target, for rules that bring an objective of their own: `name` is what the queries of evidence and
# lease ask about.
scale(wanted) := plan("scale", object.union(wanted, {"parameters": parameters})) if {
	parameters := replicas(wanted.settings.scale, namespace_of(wanted.target))
}

# The plan of any action, by its name and with its own `parameters`; all else as for `scale`. What proves it is its
# `objective`, `conditions` and `probes`; without any of them, what the action says of itself. A target of the cluster
# itself has no namespace.
plan(action, wanted) := object.union_n([
	patience(object.union(of_action, object.get(settings, "defaults", {}))),
	{
		"action": action,
		"target": object.union({"cluster": input.cluster}, target),
		"parameters": parameters,
		"guards": guards(namespace_of(target), settings),
		"gitOps": object.get(settings, "gitOps", limits_in(namespace_of(target)).gitOps),
		"verification": object.union_n([
			timing(object.get(settings, "defaults", {})),
			{"neighbours": []},
			object.filter(wanted, {"objective", "conditions", "probes", "neighbours"}),
		]),
	},
	clauses(wanted.name, target, settings),
	care(action, wanted),
	before(wanted),
]) if {
	target := wanted.target
	settings := wanted.settings
	parameters := with_template(action, wanted.parameters)
	of_action := patience_of(action, parameters)
}

# What comes before it and makes room for it, by the rule or by the settings; in its own namespace unless it says another,
# and within the limits of its own action.
before(wanted) := {"prelude": object.union_n([given, {"target": target}, preconditions])} if {
	given := object.get(wanted, "prelude", object.get(wanted.settings, "prelude", null))
	given != null
	target := object.union_n([
		{"cluster": input.cluster},
		object.filter(wanted.target, ["namespace"]),
		given.target,
	])
	limit := object.get(limits_in(namespace_of(target)), ["preconditions", given.action], [])
	needed := array.concat(limit, object.get(given, "preconditions", []))
	preconditions := {key: value | some key, value in {"preconditions": needed}; count(value) > 0}
} else := {}

# What it can make worse, and what has to be so before: by the limits for the action, by the settings, and by the rule.
care(action, wanted) := {clause: value |
	some clause, value in {
		"danger": object.get(wanted, "danger", object.get(wanted.settings, "danger", "")),
		"preconditions": array.flatten([limit, preconditions_in(wanted.settings), preconditions_in(wanted)]),
	}
	count(value) > 0
} if {
	limit := object.get(limits_in(namespace_of(wanted.target)), ["preconditions", action], [])
}

preconditions_in(said) := given if {
	given := setting(said, "preconditions")
} else := []

# A script of one's own goes along whole, so that the history says what was run. One that the data does not know is empty,
# which no plan may be.
with_template(action, given) := given if {
	action != "job"
} else := object.union({"template": job_template(given.name)}, given)

job_template(name) := object.union(object.get(data.jobs, name, {}), override(["jobs", name]))

# A script is waited for as long as it may take, and a little for its Pod to come.
patience_of(action, parameters) := {"effectDeadlineSeconds": seconds + 120} if {
	action == "job"
	seconds := parameters.template.deadlineSeconds
} else := {}

namespace_of(target) := object.get(target, "namespace", "")

# A step stays within the limits by itself; a fixed number beyond them is a fault that a human has to see. What is null
# has been taken back: `overrides` turns one form into the other by it.
replicas(scale, namespace) := object.union(given, {"max": min([given.max, limits_in(namespace).maxReplicas])}) if {
	given := {key: value | some key, value in scale; value != null}
	given.max
} else := object.union({"allowDecrease": false}, {key: value | some key, value in scale; value != null})
