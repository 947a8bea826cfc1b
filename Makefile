# `make help` lists the targets. Nothing but python3 (3.11 or newer) and make is needed beforehand.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Warnings of pip are about its own configuration; errors are shown.
PIP := $(BIN)/pip -qq --disable-pip-version-check
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	--custom-compile-command "make lock"
PACKAGE_FILES := pyproject.toml setup.py setup.cfg requirements-build.lock

# Python keeps what it compiled, whatever the surroundings say: tests start hundreds of processes, and each would
# compile the whole house anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test long survival mutate lint format lock wheel clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: $(VENV)/.run ## install what is locked, then serve the site with demo content (PORT=8000); data is kept
	@$(BIN)/trainhub demo --port $(PORT)

test: debian $(VENV)/.test ## install what tests need, run every part, end with the table of times
	@$(BIN)/python -m tests.run

long: debian $(VENV)/.test ## run the long forms and keep their result in docs/long-forms.md
	@$(BIN)/python -m tests.long

survival: debian $(VENV)/.test ## a thousand candidates, two dozen faults, SQLite and PostgreSQL; nothing may be lost
	@$(BIN)/python -m tests.survival --database sqlite
	@$(BIN)/python -m tests.survival --database postgres
	@$(BIN)/python -m tests.survival --database postgres --servers 2 --workers 1

mutate: $(VENV)/.test ## take each condition out of each rule; the scenarios must notice
	@$(BIN)/python -m tests.mutate

lint: $(VENV)/.test ## style, formatting, types and import contracts: the quick parts of `make test`
	@$(BIN)/python -m tests.run --only "ruff check" "ruff format" mypy "import contracts"

format: $(VENV)/.test ## put the tree into its form
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

wheel: $(VENV)/.test ## build the wheel into dist/
	@rm -rf build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

lock: $(VENV)/.test ## write the lock files from the .in files (UPGRADE=--upgrade for the newest versions)
	$(LOCK) requirements-build.in -o requirements-build.lock
	$(LOCK) requirements.in -o requirements.lock
	$(LOCK) -c requirements-build.lock -c requirements.lock \
		requirements.in requirements-build.in requirements-test.in -o requirements-test.lock

clean: ## remove what can be made again; the data in instance/ stays
	@rm -rf $(VENV) build dist artefacts *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis \
		.import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: debian
debian:
	@$(PYTHON) tests/debian.py

$(VENV)/.made:
	@$(PYTHON) tests/debian.py --for-install
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# A stamp is younger than the files it answers for; with nothing changed there is nothing to do.
$(VENV)/.run: $(VENV)/.made requirements.lock $(PACKAGE_FILES)
	@echo "Installing what requirements.lock names (about a minute the first time) …"
	@$(PIP) install --require-hashes -r requirements-build.lock -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.made requirements-test.lock $(PACKAGE_FILES)
	@echo "Installing what requirements-test.lock names (about a minute the first time) …"
	@$(PIP) install --require-hashes -r requirements-test.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
