# Two commands are enough: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   ?= .venv
PY      = $(VENV)/bin/python

.DEFAULT_GOAL := help
.PHONY: help run scan test check format lock clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lock: requirements/dev.stamp  ## pin the requirements anew, with hashes
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) -o requirements/run.txt
	$(VENV)/bin/uv pip compile pyproject.toml $(LOCK) --extra dev -c requirements/run.txt -o requirements/dev.txt
LOCK = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate -q
