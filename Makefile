# Each target is a line or two that you can also type. `make demo` needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
BENCH := .venv-bench/Scripts
else
BIN := .venv/bin
BENCH := .venv-bench/bin
endif
# Neighbours stay with one worker, and with them the demo that a file starts.
PYTEST_ARGS ?= -n 2 --dist worksteal

.PHONY: demo test coverage lint bench constraints

demo: .venv/installed
	@$(BIN)/python manage.py demo

test: .venv/installed-dev
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Counting branches doubles the time of the tests (26 s of processor against 14 s for the same 375 of them).
coverage: export COVERAGE_PATCH = subprocess
coverage: .venv/installed-dev
	$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST_ARGS)

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: .venv-bench/installed
	@$(BENCH)/python -m bench.run

# After a change of a requirement. To raise all other packages as well, empty constraints.txt first. The peers' file comes
# second: requirements.txt holds it to the versions of the first.
COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --strip-extras --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make constraints" -o constraints.new
constraints: .venv/installed-dev
	$(COMPILE) requirements-dev.txt
	mv constraints.new constraints.txt
	$(COMPILE) requirements-bench.txt
	mv constraints.new constraints-bench.txt

NEW_ENOUGH = $(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
	{ echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }

.venv/python:
	@$(NEW_ENOUGH)
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/python requirements.txt constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# The peers have an environment of their own, so that they leave this one as it is.
.venv-bench/installed: requirements.txt constraints.txt requirements-bench.txt constraints-bench.txt
	@$(NEW_ENOUGH)
	$(PYTHON) -m venv .venv-bench
	$(BENCH)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@
