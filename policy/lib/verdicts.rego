# Answers in the shape of src/domain/decision.ts.
package mendloop.lib

rejected(name, reason) := {"verdict": "reject", "rule": name, "reason": reason}

# `url` is a runbook, or null.
escalated(name, reason, url) := object.union(
	{"verdict": "human", "rule": name, "reason": reason},
	{"runbookUrl": url | url != null},
)

# A word for a human, unless its rule is off.
told(name, reason, url, mode) := rejected(name, "this rule is off (modes)") if {
	mode == "off"
} else := escalated(name, reason, url)

# A plan as far as its rule's mode and the limits let it go.
planned(name, plan, mode) := rejected(name, "this rule is off (modes)") if {
	mode == "off"
} else := escalated(name, out_of_bounds(plan), object.get(plan, "runbookUrl", null)) if {
	out_of_bounds(plan)
} else := {"verdict": "observe", "rule": name, "plan": plan} if {
	mode == "observe"
} else := {"verdict": "plan", "rule": name, "mode": mode, "plan": object.union(
	plan,
	{"approval": approval(
		namespace_of(plan.target), concat("", ["rule ", name, " is in mode approve"]),
		object.get(plan, "approval", {}),
	)},
)} if {
	mode == "approve"
} else := {"verdict": "plan", "rule": name, "mode": "auto", "plan": object.union(
	{"approvers": approval(namespace_of(plan.target), concat("", ["rule ", name, " needs a human"]), {})},
	plan,
)} if {
	mode == "auto"
} else := rejected(name, "its mode is none of off, observe, approve and auto (modes)")

# The same for several plans, of which each is tried when the one before did not cure.
ladder(name, plans, mode) := planned(name, plans[0], mode) if {
	count(plans) == 1
} else := refused[0] if {
	answers := [planned(name, plan, mode) | some plan in plans]
	refused := [answer | some answer in answers; not answer.plan]
	count(refused) > 0
} else := object.union(object.remove(answers[0], ["plan"]), {"plans": [answer.plan | some answer in answers]}) if {
	answers := [planned(name, plan, mode) | some plan in plans]
}

out_of_bounds(plan) := concat("", [
	"the plan asks for more than ", format_int(limits_in(namespace_of(plan.target)).maxReplicas, 10),
	" replicas (limits.maxReplicas)",
]) if {
	plan.action == "scale"
	asked := {"replicas", "max"} & object.keys(plan.parameters)
	some key in asked
	plan.parameters[key] > limits_in(namespace_of(plan.target)).maxReplicas
}
