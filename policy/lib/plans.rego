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

# The plan of any action, by its name and with its own `parameters`; all else as for `scale`. A target of the cluster
# itself has no namespace.
plan(action, wanted) := object.union_n([
	patience(object.get(settings, "defaults", {})),
	{
		"action": action,
		"target": object.union({"cluster": input.cluster}, target),
		"parameters": wanted.parameters,
		"guards": guards(namespace_of(target), settings),
		"gitOps": object.get(settings, "gitOps", limits_in(namespace_of(target)).gitOps),
		"verification": object.union(
			timing(object.get(settings, "defaults", {})),
			{"objective": wanted.objective, "neighbours": object.get(wanted, "neighbours", [])},
		),
	},
	clauses(wanted.name, target, settings),
]) if {
	target := wanted.target
	settings := wanted.settings
}

namespace_of(target) := object.get(target, "namespace", "")

# A step stays within the limits by itself; a fixed number beyond them is a fault that a human has to see. What is null
# has been taken back: `overrides` turns one form into the other by it.
replicas(scale, namespace) := object.union(given, {"max": min([given.max, limits_in(namespace).maxReplicas])}) if {
	given := {key: value | some key, value in scale; value != null}
	given.max
} else := object.union({"allowDecrease": false}, {key: value | some key, value in scale; value != null})
