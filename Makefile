# One word for each task. Everything is installed into .venv, once; the second time needs no network.

BIN := .venv/bin

.PHONY: run test lint fix bench bench-detection docs sdk-suites fuzz-api fuzz-scan clean

run: ## start a server with sample mail, until Ctrl-C
	@tools/bootstrap.sh run
	@$(BIN)/lazaretto demo

TESTS ?= 3
test: lint ## everything that must hold before a change is kept
	@tools/install_servers.sh
	$(BIN)/pytest --numprocesses $(TESTS) --dist worksteal

lint: ## style, types, and the walls between the layers
	@tools/bootstrap.sh dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: ## what the linters can repair themselves
	@tools/bootstrap.sh dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: ## the figures of docs/benchmarks.md
	@tools/bootstrap.sh dev
	$(BIN)/python -m bench

bench-detection: ## what is found and what is flagged, beside rspamd and SpamAssassin where they are installed
	@tools/bootstrap.sh dev
	$(BIN)/python -m bench detection contest

sdk-suites: ## the vendor's own SDK tests, all of them, against a seeded server
	@tools/bootstrap.sh dev
	$(BIN)/python -m tools.sdk_suites

MINUTES ?= 5
fuzz-api: ## requests made up from the published description, for MINUTES
	@tools/bootstrap.sh dev
	$(BIN)/python -m tools.fuzz_api --minutes $(MINUTES)

fuzz-scan: ## mail and files made up by what they reach in the code, for MINUTES
	@tools/bootstrap.sh fuzz
	$(BIN)/python -m tools.fuzz_scan --minutes $(MINUTES)

docs: ## pages that are generated
	@tools/bootstrap.sh run
	$(BIN)/lazaretto settings --markdown > docs/settings.md

clean: ## everything that can be made again; the mail of the demo too
	rm -rf .venv .venvs .run build dist src/*.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
