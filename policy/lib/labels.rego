# What is asked of the alert.
package mendloop.lib

labels := object.get(input.alert, "labels", {})

alertname := object.get(labels, "alertname", "")

severity := object.get(labels, "severity", "")

# Severities at which nobody is bothered.
quiet if severity in escalation.quiet

# Whether a label holds the name of a Kubernetes object. Lengths are counted, because a bounded repetition makes an
# expression that takes milliseconds to compile.
names_object(label) if {
	name := object.get(labels, label, "")
	count(name) <= 253
	regex.match(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`, name)
}

# What the names of all Pods of a workload begin with, by the name of one of them: controllers add a hash and five letters,
# five letters, or a number.
workload_prefix(pod) := concat("", [concat("-", array.slice(parts, 0, count(parts) - added)), "-"]) if {
	parts := split(pod, "-")
	added := parts_added(pod)
} else := pod

parts_added(pod) := 2 if {
	regex.match(`^.+-[a-z0-9]+-[bcdfghjklmnpqrstvwxz2456789]{5}$`, pod)
	parts := split(pod, "-")
	hash := parts[count(parts) - 2]
	regex.match(`^[bcdf0-9][bcdfghjklmnpqrstvwxz0-9]*$`, hash)
	count(hash) >= 6
	count(hash) <= 10
} else := 1 if {
	regex.match(`^.+-([0-9]+|[bcdfghjklmnpqrstvwxz2456789]{5})$`, pod)
}

# What an alert lacks of the labels a rule wants, and of the names it needs, for people.
lacks(wants, names) := {text |
	some label, value in wants
	object.get(labels, label, "") != value
	text := concat("", ["only alerts with ", label, "=", value, " are acted on"])
} | {text |
	some label in names
	not names_object(label)
	text := concat("", ["label ", label, " names no Kubernetes object"])
}

# An address that the alert brings along. It is shown to people, never called.
default runbook := null

runbook := url if {
	url := object.get(input.alert, ["annotations", "runbook_url"], "")
	count(url) <= 2000
	startswith(url, "http")
	regex.match(`^https?://[^\s]+$`, url)
}
