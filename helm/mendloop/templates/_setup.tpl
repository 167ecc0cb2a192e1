{{/* The Pod of the Job that brings the schema up to date. Its content names the Job. */}}
{{- define "mendloop.schemaPod" -}}
metadata:
  labels:
    {{- include "mendloop.labels" . | nindent 4 }}
  annotations:
    # Another database is another schema to bring up to date.
    checksum/database: {{ pick .root.Values.postgresql "host" "port" "database" | toJson | sha256sum }}
spec:
  serviceAccountName: {{ include "mendloop.fullname" .root }}-api
  automountServiceAccountToken: false
  restartPolicy: Never
  {{- include "mendloop.podSpec" . | nindent 2 }}
  containers:
    - name: schema
      args: [audit, migrate, --user, {{ .root.Values.setup.schema.user | quote }}]
      {{- include "mendloop.container" . | nindent 6 }}
      volumeMounts:
        {{- include "mendloop.volumeMounts" . | nindent 8 }}
  volumes:
    {{- include "mendloop.volumes" . | nindent 4 }}
{{- end -}}
