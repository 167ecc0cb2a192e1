package mendloop.rules.order_service_cpu_throttling

import data.mendloop.lib

wants := {"alertname": "OrderServiceCPUThrottling", "severity": "critical"}

plan := lib.scale_service("order-service")
