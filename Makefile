# Everything a person needs is one target; each sets up what it needs by itself.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
MAKEFLAGS += --no-print-directory
# Targets share .venv and the machine: one after another, whatever -j says. Files are UTF-8, whatever the locale says.
.NOTPARALLEL:
export PYTHONUTF8 := 1
# What was compiled once is kept, whatever the shell says: each test run and each process of ours begins sooner.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
COMPLAINTS_DATA ?= ../shared/data
# Tiers that need no broker, database or browser share nothing, and run on every core: the quick ones and the simulation,
# whose tests are few and long and are handed out one by one. Those that count seconds after a fault have the machine to
# themselves. The others wait more than they work: two side by side, each with stores of its own, the longest first.
EACH_CORE := --numprocesses auto
QUICK := tests/unit tests/property tests/architecture tests/golden
SIMULATED := --maxschedchunk 1 tests/simulation
FAULTS := tests/faults
REAL := --numprocesses 2 --dist loadscope --no-loadscope-reorder tests/e2e tests/integration
CODE := libs services deploy tests bench

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: environment
environment:  ## build .venv from requirements.lock (all other targets do it themselves)
	@bash deploy/local/environment.sh

.PHONY: run
run: environment  ## start everything and keep it up until Ctrl-C (FRESH=1 starts anew)
	@exec $(BIN)/complaints up $(if $(FRESH),--fresh)

.PHONY: down status doctor demo
down: environment  ## stop what `make run` started
	@$(BIN)/complaints down
status: environment  ## say what runs
	@$(BIN)/complaints status
doctor: environment  ## look at this machine and the running system
	@$(BIN)/complaints doctor
demo: environment  ## play an invented week into the running system
	@$(BIN)/complaints demo

.PHONY: import
import: environment  ## bring in a file: make import FORMAT=boston311 FILE=path
	@$(BIN)/complaints import "$(FORMAT)" "$(FILE)"

.PHONY: fmt
fmt: environment  ## format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix --exit-zero --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: check
check: environment  ## lint, types, import contracts, and the tests that need no broker
	@$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --check --quiet $(CODE)
	$(BIN)/mypy --num-workers auto
	$(BIN)/lint-imports
	EXAMPLES_PART=0.3 $(BIN)/pytest --quiet $(EACH_CORE) $(QUICK)

.PHONY: test
test: environment  ## every tier on its own real Kafka and PostgreSQL
	@$(BIN)/python -m local.system java maven chromium font
	$(BIN)/python -m local.jars
	$(BIN)/pytest --quiet $(EACH_CORE) $(QUICK)
	$(BIN)/pytest --quiet $(EACH_CORE) $(SIMULATED)
	$(BIN)/pytest --quiet --durations 5 $(FAULTS)
	$(BIN)/pytest --quiet --durations 20 $(REAL)

.PHONY: golden
golden: environment  ## write what the code makes of the frozen logs today, for review
	@GOLDEN=write $(BIN)/pytest --quiet tests/golden

.PHONY: test-data
test-data: environment  ## the tests on the real records in COMPLAINTS_DATA
	@if [ ! -d "$(COMPLAINTS_DATA)" ]; then
		echo "test-data: there is no folder $(COMPLAINTS_DATA); name the one with the records: make test-data COMPLAINTS_DATA=path" >&2
		exit 1
	fi
	$(BIN)/python -m local.system java maven
	$(BIN)/python -m local.jars
	COMPLAINTS_DATA="$(abspath $(COMPLAINTS_DATA))" $(BIN)/pytest tests/data

.PHONY: bench
bench: environment  ## measure speed and memory: one table, one JSON
	@$(BIN)/python -m local.system java maven
	$(BIN)/python -m bench

.PHONY: clean
clean:  ## remove .venv, caches and downloads; the data of `make run` stays
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .local/kafka-libs .local/downloads
