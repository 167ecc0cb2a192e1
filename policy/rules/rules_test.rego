package rules_test

import data.mendloop

# Whatever rules there are, those of a folder of one's own among them.
test_every_rule_answers_its_examples if {
	every name, rule in data.mendloop.rules {
		every example in object.get(rule, "examples", [{}]) {
			labels := object.union(rule.wants, example)
			decision := mendloop.decision with input as {"alert": {"labels": labels}, "cluster": "default"}
			decision.rule == name
			decision.verdict in {"plan", "observe", "human"}
		}
	}
}
