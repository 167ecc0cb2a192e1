{{/*
The Pod of a Job that sets something up. Its content names the Job. Takes root, part, args, and `about`: what it sets up, of
which another one is another thing to do.
*/}}
{{- define "mendloop.setupPod" -}}
metadata:
  labels:
    {{- include "mendloop.labels" . | nindent 4 }}
  annotations:
    checksum/about: {{ toJson .about | sha256sum }}
spec:
  serviceAccountName: {{ include "mendloop.fullname" .root }}-api
  automountServiceAccountToken: false
  restartPolicy: Never
  {{- include "mendloop.podSpec" . | nindent 2 }}
  containers:
    - name: {{ .part }}
      args: {{ toJson .args }}
      {{- include "mendloop.container" . | nindent 6 }}
      volumeMounts:
        {{- include "mendloop.volumeMounts" . | nindent 8 }}
  volumes:
    {{- include "mendloop.volumes" . | nindent 4 }}
{{- end -}}

{{/* The Job around it. A Job cannot be changed: another content is another name. What it does it does once, however often it runs. */}}
{{- define "mendloop.setupJob" -}}
{{- $pod := include "mendloop.setupPod" . -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "mendloop.fullname" .root }}-{{ .part }}-{{ sha256sum $pod | trunc 8 }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "mendloop.labels" . | nindent 4 }}
  {{- with .pod.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  backoffLimit: {{ .pod.backoffLimit }}
  template:
    {{- $pod | nindent 4 }}
{{- end -}}
