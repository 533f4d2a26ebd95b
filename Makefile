# Studyplan. `make` alone tells what there is.

PYTHON ?=
HOST ?= 127.0.0.1
PORT ?= 8000
export PYTHON HOST PORT

venv := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check bench dev lock setup-run setup-dev
# One target at a time: setting up and running share .venv and var/.
.NOTPARALLEL:

help: ## say what there is
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

run: setup-run ## set everything up and serve on HOST and PORT (127.0.0.1, 8000)
	@exec $(venv) -m scripts.run

test: setup-dev ## run all tests; ARGS="-k name" picks some
	@exec $(venv) -m scripts.test $(ARGS)

check: setup-dev ## lint, types, migrations, templates, content, deployment settings
	@exec $(venv) -m scripts.check

bench: setup-dev ## measure the pages against their floor
	@exec $(venv) -m tests.bench $(ARGS)

dev: setup-dev ## serve with auto-reload and DEBUG on
	@exec $(venv) -m scripts.run --dev

lock: setup-dev ## renew requirements/run.txt and dev.txt from the .in files; ARGS="--upgrade" takes newer ones
	@exec $(venv) -m scripts.lock $(ARGS)

setup-run:
	@scripts/python.sh scripts/setup.py run --port

setup-dev:
	@scripts/python.sh scripts/setup.py dev
