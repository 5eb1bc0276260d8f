# Every verb of the project; `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: help
help: ## list these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: .venv/shop ## serve the shop with its sample data at http://127.0.0.1:8000
	@DEBUG=true BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)} \
	  $(BIN)/python manage.py demo --port $(PORT)

.PHONY: test
test: .venv/tests ## run every test
	@$(BIN)/python -m pytest

.PHONY: check
check: .venv/tests ## all that CI does: style, types, imports, migrations, deployment, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --check $$(git ls-files '*.html')
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@BASE_URL=https://ocop-quangnam.example $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory test

.PHONY: fmt
fmt: .venv/tests ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	@$(BIN)/djade $$(git ls-files '*.html')

.venv/shop: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing; the first time this takes a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r $<
	@touch $@

.venv/tests: tests/requirements.txt .venv/shop
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r $<
	@touch $@
