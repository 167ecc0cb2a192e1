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
  "audit.prune" "set audit.prune"
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
{{- $faults = append $faults (printf "audit.signingKeySecret.name: mode distributed needs a key that every worker has (mendloop keygen | kubectl create -n %s -f -)" .Release.Namespace) -}}
{{- end -}}
{{- if not $v.orders.signingKeySecret.name -}}
{{- $faults = append $faults (printf "orders.signingKeySecret.name: mode distributed needs a key by which the API signs votes (mendloop keygen | kubectl create -n %s -f -)" .Release.Namespace) -}}
{{- end -}}
{{- if not $v.orders.publicKeysSecret.name -}}
{{- $faults = append $faults (printf "orders.publicKeysSecret.name: mode distributed needs the public half of that key for the workers (mendloop keygen | kubectl create -n %s -f -)" .Release.Namespace) -}}
{{- end -}}
{{- if eq $v.audit.prune "apart" -}}
{{- if not $v.postgresql.retention.user -}}
{{- $faults = append $faults "postgresql.retention.user: audit.prune: apart needs a login of its own, a member of mendloop_retention only" -}}
{{- end -}}
{{- if not $v.audit.pruneJob.publicKeysSecret.name -}}
{{- $faults = append $faults "audit.pruneJob.publicKeysSecret.name: audit.prune: apart needs the public half of the signing key (mendloop audit public-key)" -}}
{{- end -}}
{{- end -}}
{{- if eq $v.worker.rollout "workerDeployment" -}}
{{- if not (include "mendloop.buildId" .) -}}
{{- $faults = append $faults "worker.workerDeployment.buildId: this chart is of no release: set what `mendloop deploy build-id` prints in the image" -}}
{{- end -}}
{{- if and (eq $v.worker.workerDeployment.strategy "Progressive") (not $v.worker.workerDeployment.steps) -}}
{{- $faults = append $faults "worker.workerDeployment.steps: strategy Progressive needs steps" -}}
{{- end -}}
{{- if not $v.worker.workerDeployment.connection -}}
{{- with $v.temporal -}}
{{- if and .apiKeySecret.name .tls.clientSecret.name -}}
{{- $faults = append $faults "worker.workerDeployment.connection: Temporal's worker controller takes an API key or a client's certificate: name a Connection of your own" -}}
{{- end -}}
{{- if and .tls.clientSecret.name (or (ne .tls.clientSecret.certKey "tls.crt") (ne .tls.clientSecret.keyKey "tls.key")) -}}
{{- $faults = append $faults "temporal.tls.clientSecret: Temporal's worker controller reads tls.crt and tls.key" -}}
{{- end -}}
{{- if and .tls.caSecret.name (ne .tls.caSecret.name .tls.clientSecret.name) -}}
{{- $faults = append $faults "temporal.tls.caSecret.name: Temporal's worker controller reads ca.crt of the Secret of temporal.tls.clientSecret: have it there too, or name a Connection of your own (worker.workerDeployment.connection)" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- else -}}
{{- if ne $v.worker.rollout "deployment" -}}
{{- $faults = append $faults "worker.rollout: mode standalone has no workers of its own" -}}
{{- end -}}
{{- if ne $v.audit.prune "worker" -}}
{{- $faults = append $faults "audit.prune: mode standalone has one process, which both signs and removes" -}}
{{- end -}}
{{- if $v.setup.deployCheck.enabled -}}
{{- $faults = append $faults "setup.deployCheck.enabled: mode standalone brings its own Temporal, which no Job reaches" -}}
{{- end -}}
{{- if $v.temporal.address -}}
{{- $faults = append $faults "temporal.address: mode standalone brings its own Temporal; set mode: distributed" -}}
{{- end -}}
{{- if $v.postgresql.host -}}
{{- $faults = append $faults "postgresql.host: mode standalone brings its own database; set mode: distributed" -}}
{{- end -}}
{{- end -}}

{{- if and (eq $v.mode "distributed") (not $v.webhook.tokenSecret.name) (not $v.webhook.insecure) -}}
{{- $faults = append $faults "webhook.tokenSecret.name: without a token everybody who reaches the port can send alerts; name a Secret, or set webhook.insecure" -}}
{{- end -}}
{{- if and $v.monitoring.alertmanagerConfig.enabled (not $v.webhook.tokenSecret.name) (not $v.webhook.insecure) -}}
{{- $faults = append $faults "webhook.tokenSecret.name: an AlertmanagerConfig names the Secret of the token; see docs/install.md for how to make it of the token on the volume" -}}
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
