# The parts of a plan that policy may ask for: src/domain/plan has their shapes and what they mean.
package mendloop.lib

guards(namespace, settings) := object.union(limits_in(namespace).guards, object.get(settings, "guards", {}))

# Each only where the data asks for it.
clauses(name, target, settings) := {clause: value |
	some clause, value in {
		"budget": budget(namespace_of(target), settings),
		"evidence": evidence(name, target, settings),
		"lease": lease(name, settings),
		"timedLease": object.get(settings, "timedLease", null),
		"approval": object.get(settings, "approval", null),
		"runbookUrl": object.get(settings, "runbook", runbook),
	}
	value != null
}

budget(namespace, settings) := object.get(settings, "budget", object.get(limits_in(namespace), "budget", null))

# `use` names a signal that is known here; anything else of it stands as it is given.
evidence(name, target, settings) := {"threshold": given.threshold, "signals": [signal |
	some wanted in given.signals
	signal := object.union(known_signal(wanted, name, target, settings), object.remove(wanted, ["use"]))
]} if {
	given := setting(settings, "evidence")
} else := null

known_signal(wanted, name, target, settings) := {
	"name": wanted.use,
	"source": {"kind": "prometheus", "query": query},
	"unit": unit,
} if {
	[query, unit] := object.union(signals(name, settings), pod_signals(target, settings))[wanted.use]
} else := {}

signals(name, settings) := {
	"traffic": [traffic_query(name, settings), "req/s"],
	"errors": [errors_query(name, settings), "ratio"],
	"latency": [latency_query(name, settings, object.get(slo(name), ["latency", "quantile"], "0.95")), "s"],
}

# Of the Pods of a workload: a target of the cluster itself has none of its own.
pod_signals(target, settings) := {"throttling": [throttling_query(target, settings), "s/s"]} if {
	target.namespace
} else := {}

# The load is the service's requests, unless it is given.
lease(name, settings) := object.union(object.remove(given, ["load"]), {"load": load}) if {
	given := setting(settings, "lease")
	requested := {"name": "requests", "query": traffic_query(name, settings), "unit": "req/s"}
	load := object.get(given, "load", requested)
} else := null

# Who says yes: what the plan itself asks for, else what is said of the namespace, else of the team, else of all. Whose the
# object is, is not known here: an alert's labels are no word of its team. So each team's terms go along.
approval(namespace, reason, own) := object.union_n([
	approval_of({}, namespace, reason, own),
	{key: value | some key, value in {"teams": teams}; count(value) > 0},
	object.filter(own, ["teams"]),
]) if {
	teams := {team: approval_of(object.get(asked, "approval", {}), namespace, reason, own) |
		some team, asked in escalation.teams
	}
}

approval_of(of_team, namespace, reason, own) := object.remove(
	object.union_n([
		escalation.approval,
		of_team,
		object.get(escalation.namespaces, [namespace, "approval"], {}),
		{"reason": reason},
		own,
	]),
	["teams"],
)
