# Helpers to ask things of the alert.
package mendloop.lib

labels := object.get(input.alert, "labels", {})

alertname := object.get(labels, "alertname", "")

critical if labels.severity == "critical"

# Whether a label holds the name of a Kubernetes object.
names_object(label) if regex.match(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`, object.get(labels, label, ""))
