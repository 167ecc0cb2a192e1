{{- define "mendloop.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 45 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Name of what lies in no namespace: two releases of one name in two namespaces do not meet. */}}
{{- define "mendloop.clusterName" -}}
{{- $full := include "mendloop.fullname" . -}}
{{- ternary $full (printf "%s-%s" $full .Release.Namespace) (eq $full .Release.Namespace) -}}
{{- end -}}

{{/* The account that acts. */}}
{{- define "mendloop.serviceAccount" -}}
{{- default (include "mendloop.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* Labels that never change. Takes root and, for a Pod's, the part. */}}
{{- define "mendloop.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .part }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "mendloop.labels" -}}
{{ include "mendloop.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "mendloop.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- $suffix := ternary "-standalone" "" (eq .Values.mode "standalone") -}}
{{- printf "%s:%s" $image.repository (default (printf "%s%s" .Chart.AppVersion $suffix) $image.tag) -}}
{{- end -}}
{{- end -}}
