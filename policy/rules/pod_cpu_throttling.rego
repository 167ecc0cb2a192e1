package mendloop.rules.pod_cpu_throttling

import data.mendloop.lib

wants := {"alertname": "PodCPUThrottling", "severity": "critical", "team": "platform"}

names := {"namespace", "pod"}

plan := lib.scale_pod(lib.parameters("pod_cpu_throttling"))

examples := [{"namespace": "shop", "pod": "api-7d9f8b6c5-x2x4z"}]
