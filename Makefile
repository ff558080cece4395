# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   ?= .venv
PY      = $(VENV)/bin/python
LOCK    = --universal --no-strip-extras --python-version 3.11 --generate-hashes --no-header --no-annotate -q

.DEFAULT_GOAL := help
.PHONY: help run scan doctor test soak killed mutants bench simulate check format lock clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.stamp  ## run the bot; without BOT_TOKEN, the sandbox to try it in
	@$(PY) -m bot run

scan: $(VENV)/run.stamp  ## scan channel exports: make scan FILES="result.json"; without, the sample
	@$(PY) -m bot scan $(FILES)

doctor: $(VENV)/run.stamp  ## look at settings, token, database and model
	@$(PY) -m bot doctor

test: $(VENV)/dev.stamp  ## run the tests; with COVER=--cov the coverage of branches too
	@$(PY) -m pytest -n 4 --dist worksteal $(COVER)

soak: $(VENV)/dev.stamp  ## play any interleaving for minutes: make soak RUNS=200
	@SOAK=$(or $(RUNS),100) $(PY) -m pytest tests/machine tests/services/test_promises.py

killed: $(VENV)/dev.stamp  ## kill the bot at every boundary of a referral's life: half an hour
	@KILLED=1 $(PY) -m pytest -n 4 tests/end_to_end/test_killed_referrals.py

mutants: $(VENV)/dev.stamp  ## take out each guard in turn and see a test go red: minutes
	@$(PY) -m tests.mutation.run $(GUARDS)

bench: $(VENV)/dev.stamp  ## measure the speed of the classifier and of reading channels here
	@$(PY) -m classifiers bench
	@$(PY) -m sandbox.bench

simulate: $(VENV)/dev.stamp  ## days of watching in virtual time: make simulate TOWN="--channels 20000 --rate 6"
	@$(PY) -m sandbox.simulate $(TOWN)

check: $(VENV)/dev.stamp  ## format, lint, types, import contracts
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

format: $(VENV)/dev.stamp  ## put the code into shape
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/ruff check --fix .

lock: $(VENV)/dev.stamp  ## pin the requirements anew, with hashes
	@$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) -o requirements/run.txt
	@$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --extra dev -c requirements/run.txt -o requirements/dev.txt

clean:  ## remove the virtual environment and what tests leave behind
	@rm -rf $(VENV) .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Saring needs Python 3.11 or later; name it: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "Python's venv module is missing: install it, on Debian with 'apt install python3-venv'."; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(PY) requirements/run.txt
	@echo "Installing what Saring runs on (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/run.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.txt
	@echo "Installing what the tests need (once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	@touch $@
