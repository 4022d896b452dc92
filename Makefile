# make run     the whole network on this machine: http://api.hoshi.localhost:4566
# make test    everything that CI must pass
# It needs Python 3.13 and the network for packages, nothing else: no Docker, no AWS account.

STACK ?= local
PYTHON ?= $(or $(shell command -v python3.13),$(lastword $(wildcard $(HOME)/.pyenv/versions/3.13.*/bin/python3.13)),python3)
UV := $(if $(shell uv --version 2>/dev/null),uv,.local/uv/bin/uv)
UV_VERSION := 0.13.9
BIN := .venv/bin

# A cold start is twice as fast with compiled packages; copies stay whole when uv's cache changes.
unexport PYTHONDONTWRITEBYTECODE
export UV_COMPILE_BYTECODE := 1
export UV_LINK_MODE := copy
export UV_PYTHON_DOWNLOADS := never
# Behind a proxy the machine knows whom to trust.
export UV_SYSTEM_CERTS := 1
# Where uv looks for the same Python. (No comment behind it: the space before would be in the path.)
export PATH := $(PATH):$(dir $(PYTHON))
# `sam validate` asks for a region; nothing here ever talks to AWS.
export AWS_DEFAULT_REGION := us-east-1
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help run stop clean distclean inbox mails invoke endpoint sync api roles openapi forms costs costs-check check test test-unit test-e2e localstack-check localstack-lock bench drill

help:
	@grep -E '^# (make|    )' $(MAKEFILE_LIST)

# ── The local stack ───────────────────────────────────────────────────────────────────────────────

# make run STACK=localstack     the same on a LocalStack that is already running
run: sync
	@$(BIN)/python -m infra.local.run $(STACK)

# make stop    ends it and keeps its data
stop: sync
	@$(BIN)/python -m infra.local.stop

# make clean   ends it and forgets its data and every build
clean:
	@test ! -x $(BIN)/python || $(BIN)/python -m infra.local.stop --forget
	@rm -rf .local/state .local/builds .local/home .local/layers .local/mails* .aws-sam .*_cache

# make inbox   the mails it has sent
inbox: sync
	@$(BIN)/python -m infra.local.inbox

# make mails   every mail in every language: on one page for a browser, and as pictures in light and
#               dark, on a desktop and a phone (by a chromium of this machine; CHROMIUM=file names one)
mails: sync
	@test -n "$(CHROMIUM)" || infra/local/debian.sh chromium fonts-noto-cjk || true
	@CHROMIUM="$(CHROMIUM)" $(BIN)/python -m infra.local.mails

# make invoke NAME=posts/get_post      one Lambda with its sample event, in a process you can debug
invoke: sync
	@$(BIN)/python -m infra.local.invoke "$(NAME)" "$(EVENT)"

# ── The environment ───────────────────────────────────────────────────────────────────────────────

sync: .venv/.synced

.venv/.synced: pyproject.toml uv.lock | $(filter .local/%,$(UV))
	$(UV) sync --frozen
	@touch $@

.local/uv/bin/uv:
	$(PYTHON) -m venv .local/uv
	.local/uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

distclean: clean
	rm -rf .local .venv

# ── A new endpoint ────────────────────────────────────────────────────────────────────────────────

# make endpoint NAME=posts/get_post_history ROUTE="GET /posts/{post_id}/history"
#               writes handler, template row, sample event and a test to begin with
endpoint: sync
	@$(BIN)/python -m infra.scaffold "$(NAME)" "$(ROUTE)"
	@$(BIN)/ruff format --quiet functions tests
	@$(MAKE) --no-print-directory api openapi

# ── What is generated ─────────────────────────────────────────────────────────────────────────────

# make api     infra/api.yaml, the gateway's routing, from the decorators
api: sync
	$(BIN)/python -m infra.routes

# make roles   the IAM roles in infra/foundation.yaml, from infra/access.yaml
roles: sync
	$(BIN)/python -m infra.roles

# make openapi the documents of the HTTP API, the WebSocket and the events
openapi: sync
	$(BIN)/python -m infra.openapi
	$(BIN)/python -m infra.asyncapi
	$(BIN)/python -m infra.events

# make forms   infra/item_forms.json, in which form each table's items are stored
forms: sync
	$(BIN)/python -m infra.item_forms

# make translations the sentences that people read, from their catalogues in functions/shared/locale
translations: sync
	$(BIN)/python -m infra.translations

# make costs   docs/costs.md: what AWS asks for each endpoint, and for networks of three sizes
costs: sync
	$(BIN)/python -m tests.bench.costs

# make costs-check   whether docs/costs.md says what the handlers ask of AWS now (a CI job of its own)
costs-check: sync
	$(BIN)/python -m tests.bench.costs --check

# ── Checks ────────────────────────────────────────────────────────────────────────────────────────

# make check   style, types, import contracts, templates
check: sync
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	PYTHONPATH=functions $(BIN)/lint-imports
	$(BIN)/python -m infra.routes --check
	$(BIN)/python -m infra.roles --check
	$(BIN)/python -m infra.openapi --check
	$(BIN)/python -m infra.asyncapi --check
	$(BIN)/python -m infra.events --check
	$(BIN)/python -m infra.item_forms --check
	$(BIN)/python -m infra.translations --check
	$(BIN)/sam validate --lint
	$(BIN)/cfn-lint infra/foundation.yaml infra/observability.yaml

# The deployed stack has the machine to itself: each of its functions is a process.
WORKERS := -n auto --maxprocesses 4

test: check
	$(BIN)/pytest $(WORKERS) --dist worksteal tests/unit
	$(BIN)/pytest $(WORKERS) --dist loadfile tests/integration
	infra/local/debian.sh curl jq
	EMULATOR=local $(BIN)/pytest tests/e2e

# make test-unit   the quick ones, without a network
test-unit: sync
	$(BIN)/pytest $(WORKERS) --dist worksteal tests/unit

# make drill   a network with traffic is backed up, restored into a new stack, and used again
drill: sync
	$(BIN)/python -m tests.drill

# make test-e2e   the deployed stack alone
# make test-e2e STACK=localstack    the same on a LocalStack that is already running, with a licence
test-e2e: sync
	infra/local/debian.sh curl jq
	EMULATOR=$(STACK) $(BIN)/pytest tests/e2e

# make localstack-check   what LocalStack's open core takes of the templates, without Docker and licence
localstack-check: sync .local/localstack/.synced
	$(BIN)/pytest tests/localstack

# (pyproject.toml leaves packages out that the core needs, hence --no-config.)
.local/localstack/.synced: infra/local/localstack-core.txt | $(filter .local/%,$(UV))
	$(UV) venv --quiet --no-config --clear --python $(PYTHON) .local/localstack
	$(UV) pip install --quiet --no-config --python .local/localstack/bin/python -r $<
	@touch $@

# make localstack-lock    the packages of LocalStack's core, from infra/local/localstack-core.in
localstack-lock: sync
	$(UV) pip compile --quiet --no-config --python-version 3.13 infra/local/localstack-core.in -o infra/local/localstack-core.txt

# make bench   the budgets, as ratios measured in one run
bench: sync
	infra/local/debian.sh imagemagick
	$(BIN)/python -m tests.bench
