# The data, with what `overrides` says on top: objects key by key, anything else whole.
package mendloop.lib

default overrides := {}

overrides := data.overrides

override(path) := object.get(overrides, path, {})

defaults := object.union(data.defaults, override(["defaults"]))

limits := object.union(data.limits, override(["limits"]))

escalation := object.union(data.escalation, override(["escalation"]))

modes := object.union(data.modes, override(["modes"]))

# The terms of the catalogue's cures, by their action.
cures := object.union(object.union_n([given | given := data.cures]), override(["cures"]))

# The limits of one namespace.
limits_in(namespace) := object.union(
	object.remove(limits, ["namespaces"]),
	object.get(limits.namespaces, namespace, {}),
)

# Undefined for a service that the data does not know.
service(name) := settings if {
	settings := object.union(object.get(data.services, name, {}), override(["services", name]))
	count(settings) > 0
}

slo(name) := object.union(object.get(data.slos, name, {}), override(["slos", name]))

# The numbers of a rule that is about no service in particular.
parameters(rule) := object.union(object.get(data.parameters, rule, {}), override(["parameters", rule]))

# One key of settings that may be absent, or null, which takes back what was there.
setting(settings, key) := value if {
	value := object.get(settings, key, null)
	value != null
}
