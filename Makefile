# Fengcun. `make demo` and `make test` need Python 3.11 to 3.13 with venv, node 20 or newer, and make; they set up the rest themselves.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

DEPLOYMENT ?= trial
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CDK := node_modules/.ready
FUZZER := build/fuzz/.ready
PEERS := build/bench/.ready
FUZZ_SECONDS ?= 60

.PHONY: help demo serve test check check-fast check-templates fix synth bench fuzz replay lock clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements/uv.txt requirements/dev.txt
	@test -x $(BIN)/python || { \
		for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
			if $$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then break; fi; python=; \
		done; \
		test -n "$$python" || { echo "Python 3.11, 3.12 or 3.13 is needed; name one with PYTHON=..." >&2; exit 1; }; \
		$$python -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is needed (Debian: apt install python3-venv)" >&2; exit 1; }; }
	@echo "setting up $(VENV), once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@printf '#!/bin/sh\nPYTHONPATH="$(CURDIR)" exec "$(CURDIR)/$(BIN)/python" -c "from reader.cli import main; raise SystemExit(main())" "$$@"\n' > $(BIN)/fengcun && chmod +x $(BIN)/fengcun
	@touch $@

$(CDK): package.json package-lock.json
	@command -v npm >/dev/null || { echo "node 20 or newer with npm is needed"; exit 1; }
	@npm ci --silent --no-audit --no-fund --no-update-notifier
	@touch $@

demo: $(READY) $(CDK) ## act the archive's story out on this machine, then stop
	@$(BIN)/python -m local.demo

serve: $(READY) $(CDK) ## the same archive, left running: door, configuration and data by FENGCUN_PORT, FENGCUN_CONFIG, FENGCUN_DATA
	@exec $(BIN)/python -m local.serve

test: $(READY) $(CDK) ## every test: on fakes, moto, SeaweedFS, DynamoDB Local and the local archive; with coverage
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadscope --cov --cov-report=term

check: $(READY) ## what a change must pass besides its tests: format, lint, imports, types, templates of both regions
	@$(MAKE) --no-print-directory --jobs=2 check-fast check-templates

check-templates: $(READY)
	@for deployment in local trial ningxia; do CDK_OUTDIR=build/synth/$$deployment $(BIN)/python -m infra.app -c deployment=$$deployment; done
	@$(BIN)/cfn-lint --ignore-checks W3005 --regions cn-north-1 cn-northwest-1 -- build/synth/*/*.template.json

check-fast: $(READY)
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy

fix: $(READY) ## format and mend what can be mended
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

synth: $(READY) ## the CloudFormation templates of DEPLOYMENT (trial), checked, into cdk.out
	@$(BIN)/python -m infra.app -c deployment=$(DEPLOYMENT)

$(PEERS): $(READY) requirements/bench.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target build/bench --require-hashes -r requirements/bench.txt
	@touch $@

bench: $(READY) $(PEERS) ## numbers, as ratios to a floor measured in the same run
	@$(BIN)/python -m bench

replay: $(READY) ## post FOLDER of captures (events/intake) to the archive that `make serve` left running; goes on where it stopped
	@$(BIN)/python -m local.replay $(if $(FOLDER),"$(FOLDER)") $(if $(RATE),--rate $(RATE))

$(FUZZER): $(READY) requirements/fuzz.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --target build/fuzz --require-hashes -r requirements/fuzz.txt
	@touch $@

fuzz: $(FUZZER) ## hammer XML, JSON, crypto and doors for FUZZ_SECONDS each, from the published requests on (Linux x86_64)
	@$(BIN)/python -m tests.fuzz.seed build/fuzz/corpus
	@for target in xml envelope message crypto door; do echo "$$target"; \
		PYTHONPATH=build/fuzz $(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_SECONDS) -artifact_prefix=build/fuzz/ \
			-verbosity=0 -print_final_stats=1 build/fuzz/corpus/$$target; done

lock: $(READY) ## resolve requirements/*.in again
	@for set in dev uv reader lambda fuzz bench; do $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		$$(test $$set = dev || echo "-c requirements/dev.txt") -o requirements/$$set.txt requirements/$$set.in; done

clean: ## forget everything that was built here
	@rm -rf build cdk.out node_modules $(VENV)
