# Each target makes what it needs: a virtual environment in .venv, from the lock, with Python 3.11 or newer.
# A stamp in .venv says that an install was finished; without one the environment is made again from nothing,
# so an interrupted install never leaves a half-filled one behind.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet --quiet install

# Some machines forbid it, and then every process of the tests compiles everything anew, assertions rewritten.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-web screenshots test lint bench soak law lock
.DELETE_ON_ERROR:

demo: .venv/.demo  ## the whole story, told and checked: an exchange from its opening to its close
	$(BIN)/python -m tests.scenario.demo

demo-web: .venv/.web  ## the same exchange half way, its five nodes served to a browser; DEMO_WEB="--after clear --port 9000"
	$(BIN)/repatria rehearse --out demo-web $(DEMO_WEB)

test: .venv/.dev lint  ## style, types, then every test but the soak
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: .venv/.dev
	$(BIN)/python -m ruff check --quiet .
	$(BIN)/python -m mypy

bench: .venv/.dev  ## the figures of docs/benchmarks.md
	$(BIN)/python -m tests.bench
	$(BIN)/python -m benchmarks.linkage.names
	$(BIN)/python -m benchmarks.planning.fairness
	$(BIN)/python -m benchmarks.linkage.tables
	$(BIN)/python -m benchmarks.linkage.again
	$(BIN)/python -m benchmarks.web.review
	$(BIN)/python -m benchmarks.web.pages
	$(BIN)/python -m benchmarks.web.checkin
	$(BIN)/python -m benchmarks.planning.solve

soak: .venv/.dev  ## the same attacks, for longer; SOAK_SECONDS=600 bounds each of the last two, which go on next time
	$(BIN)/python -m pytest -m soak
	$(BIN)/python -m pytest --numprocesses auto -m "hypothesis and not soak" --hypothesis-profile=search
	$(BIN)/python -m tests.simulation.soak
	$(BIN)/python -m tests.files.soak

screenshots: .venv/.dev  ## every page in every language, on a phone and at a desk, and each step of the walk, into screenshots/
	REPATRIA_SCREENSHOTS=$(CURDIR)/screenshots $(BIN)/python -m pytest tests/web/test_every_page.py
	REPATRIA_SCREENSHOTS=$(CURDIR)/screenshots $(BIN)/python -m pytest -m soak tests/web/test_walk.py

law: .venv/.dev  ## docs/law.md again, from the law's checks, its figures and the cases in tests/law
	$(BIN)/python -m tests.law.page

.venv/.demo: requirements-demo.txt pyproject.toml
	$(call install,requirements-demo.txt)
	@touch $@

.venv/.dev: requirements-dev.txt pyproject.toml
	$(call install,requirements-dev.txt)
	@touch .venv/.demo .venv/.web $@

.venv/.web: requirements-web.txt pyproject.toml
	$(call install,requirements-web.txt)
	@touch .venv/.demo $@

define install
@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo 'Python 3.11 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)' >&2; exit 1; }
@if [ ! -e .venv/.demo ] || [ ! -x $(BIN)/python ]; then rm -rf .venv && $(PYTHON) -m venv .venv; fi
@rm -f .venv/.demo .venv/.web .venv/.dev
@echo 'Installing $(1) into .venv (once) ...'
@$(PIP) --require-hashes -r $(1)
@$(PIP) --no-deps --no-build-isolation -e .
endef

# The locks again, from pyproject.toml: every platform's hashes, and nothing of the machine that made them.
LOCK := .venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-annotate --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --build-deps-for editable

lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/python -m pip --quiet install pip-tools
	$(LOCK) --extra demo --extra pdf --extra web --extra postgres --extra dev -o requirements-dev.txt pyproject.toml
	for each in .txt -demo.txt -web.txt; do cp requirements-dev.txt requirements$$each; done
	$(subst --upgrade,,$(LOCK)) --extra demo --extra pdf -o requirements-demo.txt pyproject.toml
	$(subst --upgrade,,$(LOCK)) --extra demo --extra pdf --extra web --extra postgres -o requirements-web.txt pyproject.toml
	$(subst --upgrade,,$(LOCK)) -o requirements.txt pyproject.toml
	cp requirements.txt requirements-scale.txt
	$(subst --upgrade,,$(LOCK)) --extra scale -o requirements-scale.txt pyproject.toml
