{{/* Whether an object of an Operator's kind is rendered. Takes root, kind (`group/version/Kind`) and value (its place). */}}
{{- define "mendloop.monitors" -}}
{{- $mode := .root.Values.monitoring.renderMode -}}
{{- $known := has .kind .root.Capabilities.APIVersions -}}
{{- if and (eq $mode "failIfMissing") (not $known) -}}
{{- fail (printf "%s: the cluster does not know %s; install the Prometheus Operator's CRDs first, or set monitoring.renderMode" .value .kind) -}}
{{- end -}}
{{- if or $known (eq $mode "alwaysRender") }}true{{ end -}}
{{- end -}}
