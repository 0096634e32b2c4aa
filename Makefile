# Bare `make` explains the commands. Everything lives in .venv; nothing else on the machine is touched.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python on the path from 3.11 to 3.13; `make PYTHON=/path/to/python3.12 setup` names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
PORT ?= 8501

.PHONY: help setup run explore serve test unit lint bench torture constraints clean

help:  ## explain the commands
	@echo "Suasion codes open survey answers and keeps every code with its words."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/installed  ## set everything up in .venv (a no-op the second time)

# The stamp is written last: a set-up that was cut off starts again.
.venv/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Suasion needs Python 3.11, 3.12 or 3.13: install one, or name it with make PYTHON=/path/to/python setup" >&2; exit 1; }
	@test -x $(BIN)/python || "$(PYTHON)" -m venv .venv
	@echo "Setting up in .venv (about 1 GB of packages; several minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@

run: setup  ## code the surveys in data/raw and open the explorer at http://127.0.0.1:8501
	@$(BIN)/suasion run
	@$(BIN)/suasion explore --port $(PORT)

explore: setup  ## open the explorer on what is already coded
	@$(BIN)/suasion explore --port $(PORT)

serve: setup  ## run what is scheduled and the explorer until Ctrl+C
	@$(BIN)/suasion serve --port $(PORT) || test $$? -eq 130  # stopped, as it is meant to be

# Two at once, a file to each: most of the time is spent waiting for servers and pages, and each process loads models of its own.
test: setup  ## run every test (needs chromium for the browser's; without it they skip)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

unit: setup  ## run the fast tests alone
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder -m "not (real_models or server or browser or disk or training)"

lint: setup  ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup  ## measure speed and memory on the shipped surveys
	@$(BIN)/python benchmarks/survey_run.py
	@$(BIN)/python benchmarks/browsing.py

torture: setup  ## kill a run at 100 points and see that nothing is lost (up to half an hour)
	@$(BIN)/python -m benchmarks.torture

constraints: setup  ## compile constraints.txt anew from pyproject.toml, for Python 3.11 to 3.13
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate --extra dev \
	  --custom-compile-command "make constraints" --output-file constraints.txt pyproject.toml

clean:  ## remove what set-up and tests made; data stays
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
