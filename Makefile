# Every verb of the project; `make` alone lists them.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE # some forty processes would each compile everything

.PHONY: help
help: ## list these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

WORDS := $(wildcard marketplace/*locale/vi/LC_MESSAGES/django.po)

.PHONY: run
run: .venv/shop $(WORDS:.po=.mo) ## serve the shop with its sample data at http://127.0.0.1:8000
	@DEBUG=true BASE_URL=$${BASE_URL:-http://127.0.0.1:$(PORT)} \
	  $(BIN)/python manage.py demo --port $(PORT)

.PHONY: build
build: .venv/shop $(WORDS:.po=.mo) ## make ready what production serves: packages, words, static files
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0

.PHONY: test
test: .venv/tests $(WORDS:.po=.mo) ## run every test
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

.PHONY: check
check: .venv/tests $(WORDS:.po=.mo) ## all that CI does: style, types, imports, migrations, deployment, build, tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djade --check $$(git ls-files '*.html')
	@$(BIN)/djangofmt --quiet --check $$(git ls-files '*.html')
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@BASE_URL=https://ocop-quangnam.example $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test

.PHONY: bench
bench: .venv/tests $(WORDS:.po=.mo) ## measure pages, orders, search and stock Oscar, as tables; never part of the tests
	@mkdir -p var; export DEBUG=true BASE_URL=http://127.0.0.1:8099; \
	  $(BIN)/python manage.py demo --port 8099 >var/bench.log 2>&1 & shop=$$!; \
	  trap "kill $$shop" EXIT; \
	  curl -sf -o /dev/null --retry 120 --retry-delay 1 --retry-connrefused http://127.0.0.1:8099/healthz \
	    || { cat var/bench.log; exit 1; }; \
	  $(BIN)/python -m tests.bench.pages http://127.0.0.1:8099; \
	  echo; echo "Memory of the worker:"; ps -o rss= -p $$shop | awk '{print $$1 / 1024 " MB"}'
	@$(BIN)/python -m tests.bench.orders
	@echo; $(BIN)/python -m tests.bench.search
	@echo; $(BIN)/python -m tests.bench.peer

.PHONY: fmt
fmt: .venv/tests ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .
	@$(BIN)/djade $$(git ls-files '*.html')
	@$(BIN)/djangofmt --quiet $$(git ls-files '*.html')
	@git ls-files '*.css' | xargs -n 1 $(BIN)/css-beautify --indent-size 2 --end-with-newline --replace

.PHONY: words
words: .venv/tests ## collect new words into the Vietnamese catalogue (needs gettext)
	@$(BIN)/python manage.py makemessages -l vi --no-location --no-obsolete -i .venv -i var -i tests

%/django.mo: %/django.po .venv/shop
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale vi

.venv/shop: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing; the first time this takes a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r $<
	@touch $@

.venv/tests: tests/requirements.txt .venv/shop
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r $<
	@touch $@
