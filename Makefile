# Each target sets up what it needs. `make` alone lists them.
PYTHON ?= python3
WORKERS ?= auto
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CATALOGUES := $(wildcard near_learn/translations/*/LC_MESSAGES/*.po)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo test check bench curriculum fuzz lock catalogues screenshots

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements.lock pyproject.toml hatch_build.py $(CATALOGUES)
	@$(PYTHON) -c 'import sys; sys.exit("NEAR Learn needs Python 3.11 or newer; this is %d.%d. Name another with: make PYTHON=python3.12" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@cmp -s requirements.lock $(VENV)/requirements.lock || { echo "Installing the locked packages into $(VENV) (about a minute, once)"; \
	  $(PIP) install --require-hashes -r requirements.lock && cp requirements.lock $(VENV)/requirements.lock; }
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## fill a database with the demo world and serve it on http://127.0.0.1:8000
	@$(BIN)/near-learn demo

test: $(STAMP) ## run every test: unit, Flask, browser
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -q

check: $(STAMP) ## formatter, linter, types, courses
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/near-learn check

bench: $(STAMP) ## measure, as ratios against a floor of the same run
	@$(BIN)/python -m tests.bench

curriculum: $(STAMP) ## take every module in each of its languages in a browser
	@NEAR_LEARN_TEST_CURRICULUM=all $(BIN)/python -m pytest -n auto -q tests/e2e/test_curriculum.py

fuzz: $(STAMP) ## try generated statements and requests on the record store (MINUTES=5)
	@$(BIN)/python -m tests.fuzz --minutes $(or $(MINUTES),5)

lock: ## renew requirements.lock (needs uv)
	@uv pip compile --upgrade --universal -p 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header \
	  --extra test pyproject.toml -o requirements.lock

catalogues: $(STAMP) ## bring the translation catalogues up to date with the code
	@$(BIN)/python -m near_learn.catalogues

screenshots: $(STAMP) ## make the pictures of the README
	@$(BIN)/python docs/screenshots.py
