package mendloop.rules.search_is_slow

import data.mendloop.lib

wants := {"alertname": "SearchIsSlow"}

plan := lib.scale_service("search")
