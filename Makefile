# Two commands matter: `make studio` and `make test`. Both build their own environment in .venv with plain pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
TEST_MODELS ?= .models
TEST_WORKERS ?= auto

.PHONY: studio test check pytest canvas house bench clean

studio: $(VENV)/.studio
	$(BIN)/routeloom models pull smollm2-135m minilm --if-missing
	$(BIN)/routeloom studio

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	ROUTELOOM_MODELS_HOME=$(TEST_MODELS) $(BIN)/routeloom models pull smollm2-135m minilm --if-missing
	ROUTELOOM_TEST_MODELS=$(abspath $(TEST_MODELS)) $(BIN)/python -m pytest --cov --cov-report= --ignore=tests/app/browser \
	  -n $(TEST_WORKERS) --maxprocesses 4 --dist loadgroup --no-loadscope-reorder
	@# A browser beside other work is slow enough to miss what a person would see: these run alone.
	ROUTELOOM_TEST_MODELS=$(abspath $(TEST_MODELS)) $(BIN)/python -m pytest --cov --cov-append \
	  --cov-report=term:skip-covered tests/app/browser

canvas:
	cd app/canvas/frontend && npm ci --no-audit --no-fund && npm run typecheck && npm test && npm run build
	@git diff --exit-code -- assets/canvas
	@new=$$(git ls-files --others --exclude-standard -- assets/canvas); \
	  test -z "$$new" || { echo "Not committed, but part of the built canvas: $$new"; exit 1; }

house: $(VENV)/.dev
	$(BIN)/python -m tests.house

bench: $(VENV)/.dev
	$(BIN)/python -m tests.bench

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.studio: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[local]'
	touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[local,postgres,dev]'
	touch $@ $(VENV)/.studio

clean:
	rm -rf $(VENV) build dist *.egg-info
