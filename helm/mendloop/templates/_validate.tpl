{{/* Whether a path of keys, as `a.b.c`, is there. Takes values and path. */}}
{{- define "mendloop.hasPath" -}}
{{- $here := .values -}}
{{- $there := true -}}
{{- range splitList "." .path -}}
{{- if and $there (kindIs "map" $here) (hasKey $here .) -}}
{{- $here = get $here . -}}
{{- else -}}
{{- $there = false -}}
{{- end -}}
{{- end -}}
{{- if $there }}true{{ end -}}
{{- end -}}

{{/* What a schema cannot say. Every fault at once, each with what to do. */}}
{{- define "mendloop.validate" -}}
{{- $v := .Values -}}
{{- $faults := list -}}

{{- range .Files.Get "files/removed-values.yaml" | fromYamlArray -}}
{{- if include "mendloop.hasPath" (dict "values" $v "path" .path) -}}
{{- $faults = append $faults (printf "%s is no value of this chart: %s" .path .advice) -}}
{{- end -}}
{{- end -}}

{{- $managed := dict
  "api.host" "the chart sets it"
  "api.port" "set service.port"
  "api.webhookToken" "set webhook.tokenSecret"
  "api.insecure" "set webhook.insecure"
  "api.users" "set users"
  "api.publicUrl" "set links.publicUrl"
  "api.linkSecret" "set links.secret"
  "worker" "the chart sets it"
  "kubernetes.kubeconfig" "the Pods use their service account"
  "kubernetes.context" "the Pods use their service account"
  "temporal.configFile" "set temporal"
  "temporal.profile" "set temporal"
  "audit.store" "set postgresql, with mode: distributed"
  "audit.signingKey" "set audit.signingKeySecret"
  "orders" "set orders.signingKeySecret and orders.publicKeysSecret"
-}}
{{- if $v.rbac.create -}}
{{- $_ := set $managed "targets.namespaces" "set rbac.namespaces" -}}
{{- $_ := set $managed "targets.label" "set rbac.namespaceLabel" -}}
{{- end -}}
{{- range $path, $advice := $managed -}}
{{- if include "mendloop.hasPath" (dict "values" $v.config "path" $path) -}}
{{- $faults = append $faults (printf "config.%s: %s" $path $advice) -}}
{{- end -}}
{{- end -}}
{{- if and $v.remediation.mode (hasKey $v.config "flags") -}}
{{- $faults = append $faults "config.flags: set remediation.mode to '' as well, which makes a flag of its own" -}}
{{- end -}}

{{- if eq $v.mode "distributed" -}}
{{- if not $v.temporal.address -}}
{{- $faults = append $faults "temporal.address: mode distributed needs your Temporal's host:port" -}}
{{- end -}}
{{- if not $v.postgresql.host -}}
{{- $faults = append $faults "postgresql.host: mode distributed needs your PostgreSQL" -}}
{{- end -}}
{{- if not $v.audit.signingKeySecret.name -}}
{{- $faults = append $faults "audit.signingKeySecret.name: mode distributed needs a key that every worker has (openssl genpkey -algorithm ed25519)" -}}
{{- end -}}
{{- if not $v.orders.signingKeySecret.name -}}
{{- $faults = append $faults "orders.signingKeySecret.name: mode distributed needs a key by which the API signs votes (openssl genpkey -algorithm ed25519)" -}}
{{- end -}}
{{- if not $v.orders.publicKeysSecret.name -}}
{{- $faults = append $faults "orders.publicKeysSecret.name: mode distributed needs the public half of that key for the workers (openssl pkey -in order-key.pem -pubout)" -}}
{{- end -}}
{{- else -}}
{{- if $v.temporal.address -}}
{{- $faults = append $faults "temporal.address: mode standalone brings its own Temporal; set mode: distributed" -}}
{{- end -}}
{{- if $v.postgresql.host -}}
{{- $faults = append $faults "postgresql.host: mode standalone brings its own database; set mode: distributed" -}}
{{- end -}}
{{- end -}}

{{- if and (not $v.webhook.tokenSecret.name) (not $v.webhook.insecure) -}}
{{- $faults = append $faults "webhook.tokenSecret.name: without a token everybody who reaches the port can send alerts; name a Secret, or set webhook.insecure" -}}
{{- end -}}
{{- if and $v.webhook.tokenSecret.name $v.webhook.insecure -}}
{{- $faults = append $faults "webhook.insecure: set webhook.tokenSecret.name to '' as well" -}}
{{- end -}}
{{- if and $v.links.secret.name (not $v.links.publicUrl) -}}
{{- $faults = append $faults "links.publicUrl: links need an address that people can reach" -}}
{{- end -}}
{{- if and $v.ingress.enabled (not $v.ingress.host) -}}
{{- $faults = append $faults "ingress.host: an Ingress needs its host" -}}
{{- end -}}

{{- $actions := .Files.Get "files/permissions.yaml" | fromYaml -}}
{{- range $v.rbac.actions -}}
{{- if not (hasKey $actions .) -}}
{{- $faults = append $faults (printf "rbac.actions: there is no action %s; there are: %s" . (keys $actions | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $v.rbac.optIn "label") $v.rbac.namespaces -}}
{{- $faults = append $faults "rbac.namespaces: with rbac.optIn: label the label decides; leave the list empty" -}}
{{- end -}}
{{- if and (eq $v.rbac.optIn "label") (not $v.rbac.readEverywhere) -}}
{{- $faults = append $faults "rbac.readEverywhere: reading by namespace needs rbac.optIn: list" -}}
{{- end -}}

{{- range $name, $mount := $v.mounts -}}
{{- if eq (hasKey $mount "secret") (hasKey $mount "configMap") -}}
{{- $faults = append $faults (printf "mounts.%s: either secret or configMap" $name) -}}
{{- end -}}
{{- end -}}

{{- if $faults -}}
{{- fail (printf "\n\nThese values do not fit:\n  - %s\n" (join "\n  - " $faults)) -}}
{{- end -}}
{{- end -}}
