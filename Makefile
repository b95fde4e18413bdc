# Needs only make and python3 >= 3.11: uses the uv on PATH, else puts one into .tools/.
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
PY := .venv/bin/python
AS_OF := 2026-05-31
# Compiled modules make a warm report twice as fast; some machines switch them off.
unexport PYTHONDONTWRITEBYTECODE
# uv brings its own list of certificates; where the machine keeps one, that one counts.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt),)
export UV_SYSTEM_CERTS ?= 1
endif
.DEFAULT_GOAL := help
.PHONY: report test browser database pyspark spark lint check bench calibrate example lab lock clean help

.tools/bin/uv:
	python3 -m venv .tools && .tools/bin/python -m pip --quiet --disable-pip-version-check install uv

.venv: $(filter .tools/%,$(UV)) pyproject.toml requirements.lock
	$(UV) venv --quiet --allow-existing .venv
	$(UV) pip sync --quiet --require-hashes requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch .venv

report: .venv ## Build all, run the shipped reports, print the path of index.html
	.venv/bin/disclosure-trends report --out reports --as-of $(AS_OF)

test: .venv ## Run all tests
	$(PY) -m pytest -n 2

browser: ## Install Debian's Chromium for the browser tests
	command -v chromium >/dev/null || (apt-get -qq update && apt-get -qq install --yes chromium poppler-utils fonts-liberation >/dev/null)

database: ## Install Debian's PostgreSQL for the test of the database source
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || (apt-get -qq update && apt-get -qq install --yes postgresql >/dev/null)

pyspark: .venv ## Install pyspark (half a gigabyte, needs Java), for the engine spark
	command -v java >/dev/null || (apt-get -qq update && apt-get -qq install --yes openjdk-17-jre-headless >/dev/null)
	$(UV) pip install --quiet --require-hashes --no-deps --requirement requirements-spark.lock --build-constraints requirements-spark.lock

spark: pyspark ## Install pyspark and test the engine spark
	$(PY) -m pytest -n 2 tests/logs/test_spark.py

lint: .venv ## Formatter, linter, types, layers, docstrings, spelling, notebooks
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	PYTHONPATH=analysis .venv/bin/lint-imports
	.venv/bin/numpydoc lint $$(git ls-files "analysis/*.py")
	.venv/bin/codespell
	.venv/bin/nbstripout --keep-id --verify notebooks/*.ipynb

check: .venv ## Tests with the slow ones and with branch coverage
	$(PY) -m pytest -n 2 -m "slow or not slow" --cov --cov-fail-under 95

bench: .venv ## Benchmarks; prints ratios measured in one run
	$(PY) -m tests.benchmarks

calibrate: .venv ## Simulate the error rates that METHODS.md and the reports state
	$(PY) -m tests.calibrate

example: .venv ## Make data/example anew from its seed
	$(PY) -m disclosure_trends.simulate.example data/example

lab: .venv ## Open the notebooks in JupyterLab
	.venv/bin/jupyter lab notebooks

lock: $(filter .tools/%,$(UV)) ## Renew the two lock files
	$(UV) pip compile --quiet --universal --generate-hashes --no-header \
	  --no-emit-index-url --no-emit-find-links --extra dev pyproject.toml --output-file requirements.lock
	python3 -c "import tomllib; print('setuptools', *tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['spark'], sep='\n')" | \
	  $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links - --output-file requirements-spark.lock

clean: ## Remove what was built
	rm -rf .venv .tools reports dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help: ## Show this help
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN{FS=":.*## "}{printf "  %-10s %s\n",$$1,$$2}'
