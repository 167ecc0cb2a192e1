{{/*
Rules by where they go, from the enabled actions' permissions: { read, write, clusterRead, clusterWrite }, each a list of
rules of a role, in which no resource is named twice for one verb.
*/}}
{{- define "mendloop.rules" -}}
{{- $reading := list "get" "list" "watch" -}}
{{- $all := .Files.Get "files/permissions.yaml" | fromYaml -}}
{{- $wanted := dict "read" (.Files.Get "files/reads.yaml" | fromYamlArray) "write" list "clusterRead" list "clusterWrite" list -}}
{{- if .Values.diagnosis.enabled -}}
{{- $diagnosis := .Files.Get "files/diagnosis-reads.yaml" | fromYaml -}}
{{- $_ := set $wanted "read" (concat $wanted.read $diagnosis.always (ternary $diagnosis.logs list .Values.diagnosis.logs)) -}}
{{- end -}}
{{- range $action := .Values.rbac.actions -}}
{{- range $permission := get $all $action -}}
{{- range $verb := $permission.verbs -}}
{{- $kind := ternary "read" "write" (has $verb $reading) -}}
{{- if eq $permission.scope "cluster" }}{{ $kind = printf "cluster%s" (title $kind) }}{{ end -}}
{{- $rule := dict "apiGroups" $permission.apiGroups "resources" $permission.resources "verbs" (list $verb) -}}
{{- $_ := set $wanted $kind (append (get $wanted $kind) $rule) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $rules := dict -}}
{{- range $kind, $list := $wanted -}}
{{- $_ := set $rules $kind (include "mendloop.mergedRules" $list | fromJsonArray) -}}
{{- end -}}
{{- toJson $rules -}}
{{- end -}}

{{/* The same permissions with each resource named once, and resources that share their verbs in one rule. */}}
{{- define "mendloop.mergedRules" -}}
{{- $verbs := dict -}}
{{- range $rule := . -}}
{{- range $group := $rule.apiGroups -}}
{{- range $resource := $rule.resources -}}
{{- $place := printf "%s|%s" $group $resource -}}
{{- $_ := set $verbs $place (concat (default list (get $verbs $place)) $rule.verbs | uniq | sortAlpha) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $resources := dict -}}
{{- range $place, $list := $verbs -}}
{{- $parts := splitList "|" $place -}}
{{- $key := printf "%s|%s" (first $parts) (join "," $list) -}}
{{- $_ := set $resources $key (append (default list (get $resources $key)) (last $parts)) -}}
{{- end -}}
{{- $rules := list -}}
{{- range $key, $list := $resources -}}
{{- $parts := splitList "|" $key -}}
{{- $rules = append $rules (dict "apiGroups" (list (first $parts)) "resources" $list "verbs" (last $parts | splitList ",")) -}}
{{- end -}}
{{- toJson $rules -}}
{{- end -}}

{{/* For each kind that the enabled actions patch as a whole: the fields of its spec that they may change. */}}
{{- define "mendloop.writableFields" -}}
{{- $all := .Files.Get "files/permissions.yaml" | fromYaml -}}
{{- $fields := dict -}}
{{- range $action := .Values.rbac.actions -}}
{{- range $permission := get $all $action -}}
{{- if has "patch" $permission.verbs -}}
{{- range $resource := $permission.resources -}}
{{- if not (contains "/" $resource) -}}
{{- $_ := set $fields $resource (concat (default list (get $fields $resource)) (default list $permission.fields) | uniq | sortAlpha) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $fields -}}
{{- end -}}

{{/* The API groups and resources of rules, for an admission policy: { apiGroups, resources }. Takes a list of rules. */}}
{{- define "mendloop.resourcesOf" -}}
{{- $groups := list -}}
{{- $resources := list -}}
{{- range . -}}
{{- $groups = concat $groups .apiGroups | uniq -}}
{{- $resources = concat $resources .resources | uniq -}}
{{- end -}}
{{- toJson (dict "apiGroups" (sortAlpha $groups) "resources" (sortAlpha $resources)) -}}
{{- end -}}

{{- define "mendloop.isUs" -}}
request.userInfo.username == 'system:serviceaccount:{{ .Release.Namespace }}:{{ include "mendloop.serviceAccount" . }}'
{{- end -}}
