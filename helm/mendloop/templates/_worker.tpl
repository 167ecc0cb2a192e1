{{/*
The Pods of the workers, whichever way they are rolled out.
*/}}
{{- define "mendloop.workerPod" -}}
{{- $part := dict "root" . "part" "worker" "pod" .Values.worker -}}
metadata:
  {{- include "mendloop.podMetadata" $part | nindent 2 }}
spec:
  serviceAccountName: {{ include "mendloop.serviceAccount" . }}
  automountServiceAccountToken: true
  {{- include "mendloop.podSpec" $part | nindent 2 }}
  # What its activities get, and what telemetry and the store need to close.
  terminationGracePeriodSeconds: {{ addf (include "mendloop.workerGraceSeconds" .) 10 | ceil | int }}
  containers:
    - name: worker
      args: [worker]
      {{- include "mendloop.container" $part | nindent 6 }}
      ports:
        - { name: metrics, containerPort: 9464 }
      # Temporal sends work to those that ask for it: nothing waits for a worker to be ready.
      startupProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 2
        timeoutSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /healthz, port: metrics }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      volumeMounts:
        {{- include "mendloop.volumeMounts" $part | nindent 8 }}
  volumes:
    {{- include "mendloop.volumes" $part | nindent 4 }}
{{- end -}}

{{/* Whether Temporal's worker controller rolls the workers out. */}}
{{- define "mendloop.isVersioned" -}}
{{- if and (eq .Values.mode "distributed") (eq .Values.worker.rollout "workerDeployment") }}true{{ end -}}
{{- end -}}

{{/* The build ID of the image's workflows: given, or as the release has written it into the chart. */}}
{{- define "mendloop.buildId" -}}
{{- default (.Files.Get "files/build-id" | trim) .Values.worker.workerDeployment.buildId -}}
{{- end -}}
