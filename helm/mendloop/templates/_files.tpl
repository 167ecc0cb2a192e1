{{/*
Files of a Pod: where each Secret and ConfigMap is, and who gets it. A list of entries
  { name: volume and folder, secret | configMap: the object, items: [{ key, path }] or none for all, parts: [...] }
*/}}
{{- define "mendloop.files" -}}
{{- $files := list -}}
{{- $v := .Values -}}
{{- $both := list "api" "worker" -}}
{{- /* Who opens the store; its retention and its signing are the workers' alone. */ -}}
{{- $store := $both -}}
{{- with $v.webhook.tokenSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "webhook" "secret" .name "items" (list (dict "key" .key "path" "token")) "parts" (list "api")) -}}
{{- end -}}
{{- end -}}
{{- range $index, $user := $v.users -}}
{{- $files = append $files (dict "name" (printf "user-%d" $index) "secret" $user.tokenSecret.name "items" (list (dict "key" $user.tokenSecret.key "path" "token")) "parts" (list "api")) -}}
{{- end -}}
{{- with $v.links.secret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "links" "secret" .name "items" (list (dict "key" .key "path" "secret")) "parts" $both) -}}
{{- end -}}
{{- end -}}
{{- with $v.audit.signingKeySecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "audit" "secret" .name "items" (list (dict "key" .key "path" "key.pem")) "parts" (list "worker")) -}}
{{- end -}}
{{- end -}}
{{- $isApart := eq $v.audit.prune "apart" -}}
{{- if $isApart -}}
{{- $items := list -}}
{{- range $v.audit.pruneJob.publicKeysSecret.keys -}}
{{- $items = append $items (dict "key" . "path" .) -}}
{{- end -}}
{{- $files = append $files (dict "name" "audit-keys" "secret" $v.audit.pruneJob.publicKeysSecret.name "items" $items "parts" (list "worker" "prune")) -}}
{{- end -}}
{{- /* Who signs cannot be who verifies. */ -}}
{{- with $v.orders.signingKeySecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "orders" "secret" .name "items" (list (dict "key" .key "path" "key.pem")) "parts" (list "api")) -}}
{{- end -}}
{{- end -}}
{{- with $v.orders.publicKeysSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "order-keys" "secret" .name "items" (list (dict "key" .key "path" "keys.pem")) "parts" (list "worker")) -}}
{{- end -}}
{{- end -}}
{{- if eq $v.mode "distributed" -}}
{{- with $v.postgresql -}}
{{- with .passwordSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "postgresql" "secret" .name "items" (list (dict "key" .key "path" "password")) "parts" $store) -}}
{{- end -}}
{{- end -}}
{{- if and .retention.user .retention.passwordSecret.name -}}
{{- $files = append $files (dict "name" "postgresql-retention" "secret" .retention.passwordSecret.name "items" (list (dict "key" .retention.passwordSecret.key "path" "password")) "parts" (list (ternary "prune" "worker" $isApart))) -}}
{{- end -}}
{{- with .tls.caSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "postgresql-ca" "secret" .name "items" (list (dict "key" .key "path" "ca.crt")) "parts" (concat $store (list "schema" "prune"))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $v.temporal.tls.caSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "temporal-ca" "secret" .name "items" (list (dict "key" .key "path" "ca.crt")) "parts" (concat $both (list "temporal" "deploy-check"))) -}}
{{- end -}}
{{- end -}}
{{- with $v.temporal.tls.clientSecret -}}
{{- if .name -}}
{{- $files = append $files (dict "name" "temporal-client" "secret" .name "items" (list (dict "key" .certKey "path" "tls.crt") (dict "key" .keyKey "path" "tls.key")) "parts" (concat $both (list "temporal" "deploy-check"))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $v.remediation.mode -}}
{{- $files = append $files (dict "name" "flags" "configMap" (printf "%s-flags" (include "mendloop.fullname" .)) "parts" $both) -}}
{{- end -}}
{{- range $name, $mount := $v.mounts -}}
{{- $entry := dict "name" (printf "mounts-%s" $name) "path" (printf "mounts/%s" $name) "parts" (default $both $mount.parts) -}}
{{- with $mount.secret }}{{ $_ := set $entry "secret" . }}{{ end -}}
{{- with $mount.configMap }}{{ $_ := set $entry "configMap" . }}{{ end -}}
{{- $files = append $files $entry -}}
{{- end -}}
{{- toJson (dict "files" $files) -}}
{{- end -}}

{{/* The files of one part; everything in mode standalone, and for the doctor. Takes root and part. */}}
{{- define "mendloop.filesOf" -}}
{{- $mine := list -}}
{{- $part := .part -}}
{{- range (include "mendloop.files" .root | fromJson).files -}}
{{- if or (has $part (list "standalone" "doctor")) (has $part .parts) -}}
{{- $mine = append $mine . -}}
{{- end -}}
{{- end -}}
{{- toJson (dict "files" $mine) -}}
{{- end -}}

{{- define "mendloop.volumes" -}}
- name: config
  configMap:
    name: {{ include "mendloop.fullname" .root }}
    defaultMode: 0440
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- range (include "mendloop.filesOf" . | fromJson).files }}
- name: {{ .name }}
  {{- if .secret }}
  secret:
    secretName: {{ .secret | quote }}
    defaultMode: 0440
    {{- with .items }}
    items:
      {{- toYaml . | nindent 6 }}
    {{- end }}
  {{- else }}
  configMap:
    name: {{ .configMap | quote }}
    defaultMode: 0440
  {{- end }}
{{- end }}
{{- end -}}

{{- define "mendloop.volumeMounts" -}}
- name: config
  mountPath: /etc/mendloop/config
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- range (include "mendloop.filesOf" . | fromJson).files }}
- name: {{ .name }}
  mountPath: /etc/mendloop/{{ default .name .path }}
  readOnly: true
{{- end }}
{{- end -}}
