# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
APP_VAR ?= var
DEMO ?= 1
export PORT APP_VAR

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak format requirements

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp ## the whole product with the demo company, on http://localhost:$(PORT)/
	@DEMO=$(DEMO) exec $(BIN)/python manage.py quickstart

test: $(VENV)/dev.stamp ## every test, on SQLite and on PostgreSQL with Redis
	@exec $(BIN)/python -m tests.plugins.run_all

check: $(VENV)/dev.stamp ## style, types, layers, security, migrations, deployment settings, rule index
	@exec $(BIN)/python -m tests.plugins.check_all

bench: $(VENV)/dev.stamp ## what an order costs beside plain SQL, on PostgreSQL with durability on
	@SHUNDAN_TEST_DB=postgres SHUNDAN_TEST_DURABLE=1 $(BIN)/python -m pytest -q -m bench tests/performance

soak: $(VENV)/dev.stamp ## the long campaigns, on SQLite and on PostgreSQL; FUZZ_SEED and FUZZ_CASES choose another one
	@SHUNDAN_TEST_DB=sqlite $(BIN)/python -m pytest -q -m soak
	@SHUNDAN_TEST_DB=postgres $(BIN)/python -m pytest -q -m soak

format: $(VENV)/dev.stamp ## put the code into the house's layout
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

requirements: $(VENV)/dev.stamp ## pin the newest allowed versions with their hashes
	@sh .ci/compile_requirements

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON to one.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt .ci/install | $(VENV)/bin/python
	@sh .ci/install $(VENV) requirements.txt && touch $@

$(VENV)/dev.stamp: requirements-dev.txt .ci/install | $(VENV)/bin/python
	@sh .ci/install $(VENV) requirements-dev.txt && touch $@ $(VENV)/run.stamp
