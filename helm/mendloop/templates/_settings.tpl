{{/* What the chart sets of Mendloop's settings. */}}
{{- define "mendloop.managedSettings" -}}
{{- $v := .Values -}}
{{- $distributed := eq $v.mode "distributed" -}}
api:
  host: 0.0.0.0
  port: 8080
  {{- if $v.webhook.tokenSecret.name }}
  webhookToken: { file: /etc/mendloop/webhook/token }
  {{- else if $v.webhook.insecure }}
  insecure: true
  {{- end }}
  {{- with $v.links.publicUrl }}
  publicUrl: {{ . | quote }}
  {{- end }}
  {{- if $v.links.secret.name }}
  linkSecret: { file: /etc/mendloop/links/secret }
  {{- end }}
  {{- with $v.users }}
  users:
    {{- range $index, $user := . }}
    - name: {{ $user.name | quote }}
      roles: {{ toJson $user.roles }}
      token: { file: /etc/mendloop/user-{{ $index }}/token }
    {{- end }}
  {{- end }}
worker:
  host: 0.0.0.0
  port: 9464
diagnosis: {{ toJson $v.diagnosis }}
targets:
  gitOps:
    argocd:
      namespaces: {{ toJson $v.gitOps.argocd.namespaces }}
      suspend: {{ $v.gitOps.argocd.suspend }}
      {{- with $v.gitOps.argocd.trackingLabel }}
      trackingLabel: {{ . | quote }}
      {{- end }}
    flux:
      namespaces: {{ toJson $v.gitOps.flux.namespaces }}
      suspend: {{ $v.gitOps.flux.suspend }}
  {{- if $v.rbac.create }}
  {{- if eq $v.rbac.optIn "label" }}
  label: {{ toJson $v.rbac.namespaceLabel }}
  {{- else }}
  namespaces: {{ toJson $v.rbac.namespaces }}
  {{- end }}
  {{- end }}
{{- if $v.remediation.mode }}
flags:
  provider: file
  file: /etc/mendloop/flags/flags.json
{{- end }}
audit:
  store:
    {{- if $distributed }}
    {{- with $v.postgresql }}
    type: postgres
    host: {{ .host | quote }}
    port: {{ .port }}
    database: {{ .database | quote }}
    user: {{ .user | quote }}
    maxConnections: {{ .maxConnections }}
    {{- if .passwordSecret.name }}
    password: { file: /etc/mendloop/postgresql/password }
    {{- end }}
    {{- if .retention.user }}
    retention:
      user: {{ .retention.user | quote }}
      {{- if .retention.passwordSecret.name }}
      password: { file: /etc/mendloop/postgresql-retention/password }
      {{- end }}
    {{- end }}
    {{- if .tls.caSecret.name }}
    tls: { caFile: /etc/mendloop/postgresql-ca/ca.crt }
    {{- else if .tls.enabled }}
    tls: {}
    {{- end }}
    {{- end }}
    {{- else }}
    type: embedded
    {{- end }}
  {{- if $v.audit.signingKeySecret.name }}
  signingKey: { file: /etc/mendloop/audit/key.pem }
  {{- end }}
  {{- if eq $v.audit.prune "apart" }}
  prune: apart
  trustedKeyFiles:
    {{- range $v.audit.pruneJob.publicKeysSecret.keys }}
    - /etc/mendloop/audit-keys/{{ . }}
    {{- end }}
    {{- with dig "audit" "trustedKeyFiles" list $v.config }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- with $v.orders }}
{{- if or .signingKeySecret.name .publicKeysSecret.name }}
orders:
  {{- if .signingKeySecret.name }}
  signingKey: { file: /etc/mendloop/orders/key.pem }
  {{- end }}
  {{- if .publicKeysSecret.name }}
  publicKeysFile: /etc/mendloop/order-keys/keys.pem
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The whole file of settings, as text: the chart's over the user's. */}}
{{- define "mendloop.settings" -}}
{{- toYaml (mergeOverwrite (deepCopy .Values.config) (include "mendloop.managedSettings" . | fromYaml)) -}}
{{- end -}}

{{/* Seconds that a shutdown waits for requests. The settings' own default where they say nothing. */}}
{{- define "mendloop.drainSeconds" -}}
{{- dig "api" "drainSeconds" 20 .Values.config -}}
{{- end -}}

{{/* Seconds that a stopping worker gives its activities. */}}
{{- define "mendloop.workerGraceSeconds" -}}
{{- dig "temporal" "shutdownGraceSeconds" 20 .Values.config -}}
{{- end -}}

{{/* Environment of a container. Takes root and part. */}}
{{- define "mendloop.env" -}}
{{- $v := .root.Values -}}
- name: MENDLOOP_CONFIG
  value: /etc/mendloop/config/mendloop.yaml
# A user that the image's /etc/passwd does not know has neither; Temporal's server asks for both.
- name: HOME
  value: /tmp
- name: USER
  value: mendloop
{{- if eq .part "standalone" }}
- name: MENDLOOP_STATE
  value: /var/lib/mendloop/state
{{- end }}
{{- if and (eq $v.mode "distributed") (has .part (list "api" "worker" "doctor" "temporal" "deploy-check")) }}
{{- /* What the controller knows it gives to its Pods itself. */ -}}
{{- $given := and (eq .part "worker") (include "mendloop.isVersioned" .root) }}
{{- with $v.temporal }}
{{- if not $given }}
- name: TEMPORAL_ADDRESS
  value: {{ .address | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ .namespace | quote }}
{{- if .apiKeySecret.name }}
- name: TEMPORAL_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .apiKeySecret.name | quote }}
      key: {{ .apiKeySecret.key | quote }}
{{- end }}
{{- if .tls.enabled }}
- name: TEMPORAL_TLS
  value: 'true'
{{- end }}
{{- end }}
{{- with .tls.serverName }}
- name: TEMPORAL_TLS_SERVER_NAME
  value: {{ . | quote }}
{{- end }}
{{- if .tls.caSecret.name }}
- name: TEMPORAL_TLS_SERVER_CA_CERT_PATH
  value: /etc/mendloop/temporal-ca/ca.crt
{{- end }}
{{- if and .tls.clientSecret.name (not $given) }}
- name: TEMPORAL_TLS_CLIENT_CERT_PATH
  value: /etc/mendloop/temporal-client/tls.crt
- name: TEMPORAL_TLS_CLIENT_KEY_PATH
  value: /etc/mendloop/temporal-client/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- with $v.setup.schema.passwordSecret }}
{{- if and (eq $.part "schema") .name }}
- name: PGPASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .name | quote }}
      key: {{ .key | quote }}
{{- end }}
{{- end }}
{{- with $v.env }}
{{ toYaml . }}
{{- end }}
{{- end -}}
