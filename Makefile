# What people type: `make demo`, `make example`, `make test`, `make bench`. Everything else is reached from these.
SHELL := /bin/bash
.DEFAULT_GOAL := help
# The project brings its own Node 24 (npm package `node`); whatever npm runs with, our programs run on that one.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

SCENARIO ?= ok
REPORT ?=
NAME ?= crash-loop
TIMES ?= 1
report_flag = $(if $(REPORT),--report "$(REPORT)")

.PHONY: help demo playground example examples test test-e2e bench docs release build servers lint format clean
.SILENT:

help: ## Show this list
	echo "Usage: make TARGET"; echo
	awk '/^[a-z0-9-]+:.*## / { name = $$0; sub(/:.*/, "", name); sub(/.*## /, ""); printf "  %-12s%s\n", name, $$0 }' $(MAKEFILE_LIST)

# What runs next: `build` then has its servers ready while it builds, all at once.
demo: SERVERS_FOR = demo
playground: SERVERS_FOR = playground
example examples: SERVERS_FOR = examples
test: SERVERS_FOR = test
test-e2e: SERVERS_FOR = test-e2e

demo: build ## The flash sale, healed before your eyes (SCENARIO=ok|no-help|contention|over-budget|crash|all REPORT=FILE)
	node examples/flash-sale/run.ts --scenario "$(SCENARIO)" $(report_flag)

playground: build ## The same shop without the surge, left running for you to try things on; Ctrl-C ends it
	node examples/flash-sale/run.ts --no-surge --keep

example: build ## One illness, from its fault to its cure or refusal (NAME=crash-loop TIMES=1): a folder of examples/
	node examples/runner/run.ts --times "$(TIMES)" $(NAME)

examples: build ## All illnesses, one after the other, and a table of how they ended (TIMES=2: each twice in a row)
	node examples/runner/run.ts --times "$(TIMES)"

test: build ## Every check, and every test but those of whole installations
	node tools/test.ts

test-e2e: build ## Whole installations, crashes, storms, the console in a browser: some ten minutes
	node tools/test.ts --e2e

bench: build ## Performance beside its floors, from one run (TEMPORAL=postgres: on the server of production; REPORT=FILE)
	node bench/run.ts $(if $(TEMPORAL),--temporal "$(TEMPORAL)") $(if $(ONLY),--only "$(ONLY)") $(report_flag)

docs: docs/node_modules/.package-lock.json ## The documentation as a site, in dist/site
	npm --prefix docs run --silent build

release: $(if $(UNTESTED),build,test) ## Tests, and all that a release consists of, in dist/release; publishes nothing (VERSION=X.Y.Z WRITE=1 UNTESTED=1)
	node tools/release/release.ts $(if $(VERSION),--version "$(VERSION)") $(if $(WRITE),--write)

build: node_modules/.package-lock.json ## Policy bundle, workflow bundle and compiled sources
	node tools/build.ts $(if $(SERVERS_FOR),--servers-for $(SERVERS_FOR))

servers: node_modules/.package-lock.json ## Find, download or build the servers that development needs
	node tools/servers.ts ensure

lint: node_modules/.package-lock.json ## Linter, types and import direction
	npm run --silent lint && npm run --silent typecheck

format: node_modules/.package-lock.json ## Rewrite the sources in the house's format
	npm run --silent format

clean: ## Remove what was built here (servers stay in their cache)
	rm -rf dist coverage node_modules

docs/node_modules/.package-lock.json: docs/package.json docs/package-lock.json
	npm --prefix docs ci --no-progress --loglevel=error
	touch $@

node_modules/.package-lock.json: package.json package-lock.json
	command -v npm >/dev/null || { echo "Mendloop needs npm 10 or newer on PATH (it comes with Node.js: https://nodejs.org/)." >&2; exit 1; }
	echo "Installing npm packages (first time only, about half a minute) ..." >&2
	npm ci --no-progress --loglevel=error
	touch $@
