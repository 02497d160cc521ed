# `make run` shows the product, `make test` tests it; both install what they need. `make help` lists the rest.
PYTHON ?= python3
PY := .venv/bin/python

.PHONY: help install run test check quick lint thorough browser bench fresh manage lock
help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

# uv installs in seconds what takes pip a minute; a plain `pip install -r` of the same files works too.
# Python's own pip brings uv; where there is none (Debian), one is made, which takes a few seconds more.
UV := install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
INSTALL := .venv/bin/uv pip install --quiet --python $(PY) --require-hashes

.venv/.uv: requirements-uv.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Collective needs Python 3.11 or newer, this is "+sys.version.split()[0]+". Try: make PYTHON=python3.12 "+"$(MAKECMDGOALS)")'
	@echo "Installing what is needed into .venv (only the first time) ..."
	@$(PYTHON) -m venv --without-pip .venv
	@$(PYTHON) -m pip --python $(PY) $(UV) 2>/dev/null || { $(PY) -m ensurepip >/dev/null && $(PY) -m pip $(UV); }
	@touch $@

.venv/.runs: .venv/.uv requirements.txt requirements-run.txt
	@$(INSTALL) -r requirements.txt -r requirements-run.txt
	@touch $@

.venv/.installed: .venv/.runs requirements-dev.txt
	@$(INSTALL) -r requirements.txt -r requirements-run.txt -r requirements-dev.txt
	@touch $@

install: .venv/.installed ## the tools of the tests, and nothing is run

run: .venv/.runs ## start everything and say where it is (PORT=, DATABASE_URL=, REDIS_URL=, DEMO=0 are obeyed)
	@$(PY) -m dev.run

test: check thorough browser ## every check and every test

check: .venv/.installed ## all but thorough, browser and fault tests, in a minute or two
	@$(MAKE) --no-print-directory --jobs 2 lint quick

quick: .venv/.installed
	@$(PY) -m pytest -q -n 2 -m "not browser and not faults and not thorough"

thorough: .venv/.installed ## bad input in every field, thousands of people, any two histories joined
	@$(PY) -m pytest -q -n 2 -m thorough

lint: .venv/.installed ## format, lint (Python, templates, scripts, styles), imports, types, migrations, deploy settings
	@$(PY) -m ruff format --check . && $(PY) -m ruff check .
	@.venv/bin/djlint --quiet --lint templates
	@.venv/bin/oxlint --quiet --deny-warnings static && .venv/bin/biome lint --error-on-warnings static
	@.venv/bin/hadolint Dockerfile
	@.venv/bin/shellcheck --external-sources deploy/install.sh bin/backup bin/restore dev/userland.sh .ci/run
	@.venv/bin/lint-imports
	@$(PY) -m dev.types
	@$(PY) -m dev.checks

browser: .venv/.installed ## browser and fault tests (browser tests need Chromium: apt-get install chromium)
	@$(PY) -m pytest -q -rs -n 2 --dist worksteal -m "browser or faults"

bench: .venv/.installed ## the benchmarks: ratios, side by side
	@$(PY) -m benchmarks.rush && $(PY) -m benchmarks.slots && $(PY) -m benchmarks.pages && $(PY) -m benchmarks.staff_day && $(PY) -m benchmarks.payouts && $(PY) -m benchmarks.policies && $(PY) -m benchmarks.lineage

manage: .venv/.runs ## a management command, for example: make manage do="clock forward 7d"
	@$(PY) -m dev.manage $(do)

lock: .venv/.uv ## write requirements*.txt anew from requirements*.in (do=--upgrade takes newer versions)
	@$(PY) -m dev.lock $(do)

fresh: .venv/.runs ## forget all data of `make run`
	@$(PY) -m dev.fresh
