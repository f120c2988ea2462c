# `make help` lists what there is. Only Python (3.11 or newer) and make are needed; uv is used where it is.

PORT ?= 8000
ARGS ?=
UV ?= $(shell uv --version >/dev/null 2>&1 && command -v uv)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$name" -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then command -v "$$name"; break; fi; done)

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
CATALOGS := $(patsubst %.po,%.mo,$(wildcard website/translations/*/LC_MESSAGES/messages.po))

ifneq ($(strip $(UV)),)
INSTALL = "$(UV)" pip install --quiet --python $(BIN)/python --require-hashes --no-deps --requirement
else
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement
endif

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench load fairness probes lighthouse chaos soak translations screenshots lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

install: $(RUNTIME) $(CATALOGS)  ## makes .venv with what the site needs, from the lock

run: $(RUNTIME) $(CATALOGS)  ## the site with its demo data and a worker, on PORT (8000)
	@exec $(BIN)/python -m flask --app wsgi serve --demo --port $(PORT) $(ARGS)

test: $(DEV) $(CATALOGS)  ## the tests; ARGS are handed to pytest: make test ARGS="tests/flows -n 2"
	$(BIN)/python -m pytest $(ARGS)

lint: $(DEV)  ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV) $(CATALOGS)  ## how fast slots are found, and whether they are right
	$(BIN)/python -m tests.bench $(ARGS)

load: $(DEV) $(CATALOGS)  ## a minute of visitors at once on each engine: errors, times, memory
	$(BIN)/python -m tests.bench --load $(ARGS)

fairness: $(DEV) $(CATALOGS)  ## a year of 40 hosts and 20,000 bookings: shares, bursts, and a replay of every receipt; ARGS="hosts bookings rotation share_days"
	$(BIN)/python -m tests.bench.fairness $(ARGS)

probes: $(DEV) $(CATALOGS)  ## whether an address that is typed tells anything: twenty thousand probes on each engine
	$(BIN)/python -m tests.probes $(ARGS)

lighthouse: $(DEV) $(CATALOGS)  ## what Lighthouse says of the public pages on a phone; needs npm and Chromium
	$(BIN)/python -m tests.bench.lighthouse $(ARGS)

chaos: $(DEV) $(CATALOGS)  ## bookings while processes are killed, audited; ARGS names an engine
	$(BIN)/python -m tests.chaos $(ARGS)

soak: $(DEV) $(CATALOGS)  ## visitors for long, memory, descriptors and tables watched; ARGS="minutes engine", 20 minutes on each
	$(BIN)/python -m tests.soak $(ARGS)

translations: $(RUNTIME)  ## brings the catalogs up to date with the texts, and compiles them
	@mkdir -p build
	$(BIN)/python -m website.translations build/messages.pot
	@$(MAKE) --no-print-directory $(CATALOGS)

screenshots: $(DEV) $(CATALOGS)  ## the pictures in docs/screenshots, made anew; needs Chromium
	SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest -q tests/browser/test_screenshots.py

lock:  ## both requirements files from pyproject.toml; needs uv; ARGS=--upgrade takes newer versions
	$(if $(UV),,$(error make lock needs uv: pip install uv))
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraints requirements.txt --output-file requirements-dev.txt

LOCK = "$(UV)" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(ARGS)

clean:  ## removes .venv and caches; the database in instance/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find website tests -name __pycache__ -type d -prune -exec rm -rf {} +

# What gettext reads, made from what translators write.
%.mo: %.po | $(RUNTIME)
	@$(BIN)/pybabel -q compile -i $< -o $@

# Each stamp is newer than the lock that it was installed from, so a second run has nothing to do.
$(RUNTIME): requirements.txt | $(BIN)/python
	$(INSTALL) requirements.txt
	@touch $@

# The lock for development holds the other one whole.
$(DEV): requirements-dev.txt requirements.txt | $(BIN)/python
	$(INSTALL) requirements-dev.txt
	@touch $(RUNTIME) $@

$(BIN)/python:
ifneq ($(strip $(UV)),)
	"$(UV)" venv --quiet --clear --python "$(or $(PYTHON),>=3.11)" $(VENV)
else
	@"$(PYTHON)" -c '$(NEW_ENOUGH)' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, and none was found: install one, or name it: make PYTHON=/path/to/python" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install python3-venv (Debian, Ubuntu), or uv" >&2; \
		exit 1; }
	"$(PYTHON)" -m venv --clear $(VENV)
endif
