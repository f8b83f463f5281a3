# Two commands do everything on a fresh machine (Python 3.11.5 or newer, git and make):
# `make site` builds this repository's own site, `make test` runs all that CI runs.
# Both set up .venv first, from the hash locks in requirements/, and again only when a lock changes.

.DEFAULT_GOAL := help

# Python keeps what it compiled, whatever the machine says: else each command of the tests compiles all of it again.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-bench
SITE_ENV := $(VENV)/.runtime $(VENV)/.project
TEST_ENV := $(SITE_ENV) $(VENV)/.dev $(VENV)/.minify
PIPELINE_ENV := $(TEST_ENV) $(VENV)/.pipeline

SITE_DIR ?= site
PORT ?= 8000
# The site's clock: the newest commit's time, so that a checkout can be built again to the same bytes.
CLOCK = SOURCE_DATE_EPOCH="$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11.5 --generate-hashes \
	--no-emit-index-url --no-emit-find-links $(UPGRADE)
CODE := src tests benchmarks
COMPONENTS = $(BIN)/blogtools pipeline docs --catalogue src/blogtools/pipeline/components.json
# A folder of many real posts, for the tests and benchmarks that want one: this one, where it is there.
export BLOGTOOLS_CORPUS ?= $(abspath $(wildcard ../shared/corpora/rust-blog))

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^##@/ {print "\n" substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ The site

.PHONY: site
site: $(SITE_ENV) ## Build this repository's own site into site/ (SITE_DIR=... to put it elsewhere)
	$(CLOCK) $(BIN)/blogtools build --strict --site-dir "$(SITE_DIR)"
	@echo "The site is in $(SITE_DIR)/. Look at it with: python3 -m http.server --directory $(SITE_DIR)"
	@echo "(or 'make serve', which also shows drafts and reloads while you write)"

.PHONY: serve
serve: $(SITE_ENV) ## Show the site while you write: drafts included, reloading (PORT=8000)
	$(BIN)/blogtools serve --port $(PORT)

##@ The checks

.PHONY: test
test: check-format lint types layers spelling check-ci unit site ## Run everything that CI runs

.PHONY: check-format
check-format: $(TEST_ENV) ## Check that the code is formatted
	$(BIN)/ruff format --check $(CODE)

.PHONY: format
format: $(TEST_ENV) ## Format the code, and mend what the linter can mend by itself
	$(BIN)/ruff check --fix-only --quiet $(CODE)
	$(BIN)/ruff format $(CODE)

.PHONY: lint
lint: $(TEST_ENV) ## Check the code against the rules (bugs, docstrings, security, style)
	$(BIN)/ruff check $(CODE)

.PHONY: types
types: $(TEST_ENV) ## Check the types, strictly
	$(BIN)/mypy

.PHONY: layers
layers: $(TEST_ENV) ## Check that each layer imports only what stands below it
	$(BIN)/lint-imports --no-logo

.PHONY: spelling
spelling: $(TEST_ENV) ## Check the spelling of code, essays and docs
	$(BIN)/typos

.PHONY: check-ci
check-ci: $(TEST_ENV) ## Check .gitlab-ci.yml and the components, and that their pages are as they say
	$(BIN)/check-jsonschema --builtin-schema vendor.gitlab-ci --disable-formats "*" .gitlab-ci.yml
	$(BIN)/blogtools pipeline lint
	$(COMPONENTS) --check

# Each file to the next process that is free, in the order of tests/conftest.py: the longest first.
# Half of the tests wait for browsers and other programs: two processes more than there are cores keep these busy.
WORKERS = $(shell expr $$(nproc 2>/dev/null || echo 2) + 2)
SHARED_OUT = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
.PHONY: unit
unit: $(PIPELINE_ENV) ## Run the tests, with a real browser (TESTS="tests/x.py -k y" for some of them)
	CHROMIUM="$$(sh scripts/browser)" && export CHROMIUM && $(BIN)/pytest $(SHARED_OUT) $(TESTS)

.PHONY: coverage
coverage: $(PIPELINE_ENV) ## Run the tests and show which lines and branches they miss
	CHROMIUM="$$(sh scripts/browser)" && export CHROMIUM && $(BIN)/pytest --cov --cov-report=term-missing

##@ Now and then

.PHONY: components
components: $(TEST_ENV) ## Write the pages, the diagram and the catalogue of the components in templates/
	$(COMPONENTS)

.PHONY: essays
essays: $(TEST_ENV) ## Run the code of the essays again, and compare it with what is recorded
	$(BIN)/blogtools run

# All cases, of few enough posts to wait for; BENCH comes last, so it has the last word.
CASES := --cases cold,unchanged,edited,restored,serve
.PHONY: bench
bench: $(SITE_ENV) $(PEERS)/.locked ## Measure builds against the peers, about ten minutes (BENCH="--help")
	$(BIN)/python -m benchmarks $(CASES) --sizes 100,1000 --at-most zensical=100,material=100 $(BENCH)

.PHONY: bench-full
bench-full: $(SITE_ENV) $(PEERS)/.locked ## Measure everything: the real posts, 1,000, 10,000; an hour or two
	$(BIN)/python -m benchmarks $(CASES) --sizes corpus,1000,10000 --growth 100 \
		--at-most zensical=1000,material=1000 $(BENCH)

.PHONY: bench-search
bench-search: $(TEST_ENV) ## Measure search among 10,000 essays, ten minutes (BENCH="--size 1000")
	CHROMIUM="$$(sh scripts/browser)" && export CHROMIUM && $(BIN)/python -m benchmarks.search $(BENCH)

.PHONY: bench-publish
bench-publish: $(SITE_ENV) ## Measure a release of 10,000 essays beside cp -r, about ten minutes (PUBLISH="--help")
	$(BIN)/python -m benchmarks.publish $(PUBLISH)

.PHONY: bench-reading
bench-reading: $(TEST_ENV) $(PEERS)/.lighthouse ## Measure an essay on a phone beside Material, ten minutes (BENCH="--runs 1")
	CHROMIUM="$$(sh scripts/browser)" && export CHROMIUM && $(BIN)/python -m benchmarks.reading $(BENCH)

.PHONY: bench-pipeline
bench-pipeline: $(PIPELINE_ENV) ## Measure the whole pipeline on a package from PyPI, about five minutes
	$(BIN)/python -m benchmarks.pipeline

PICTURED := .blogtools/pictured/public
.PHONY: screenshots
screenshots: $(TEST_ENV) site ## Take pictures of each kind of page, as published, to look at them
	$(BIN)/blogtools publish --site "$(SITE_DIR)" --to $(PICTURED)
	CHROMIUM="$$(sh scripts/browser)" && export CHROMIUM && $(BIN)/python -m benchmarks.screenshots $(PICTURED)

.PHONY: test-pipeline
test-pipeline: $(PIPELINE_ENV) ## Run our own pipeline on a branch, a merge request, a tag, a schedule; over an hour (RUN="--help")
	$(BIN)/python -m benchmarks.whole $(RUN)

.PHONY: dist
dist: $(TEST_ENV) ## Build the wheel and the source distribution into dist/
	$(CLOCK) $(BIN)/python -m build --no-isolation --outdir dist

.PHONY: lock
lock: export UV_CUSTOM_COMPILE_COMMAND := make lock
lock: $(TEST_ENV) ## Write the locks anew from pyproject.toml (UPGRADE=--upgrade for newer transitive versions)
	$(COMPILE) pyproject.toml requirements/build.in --extra media --extra publish --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml requirements/build.in --extra media --extra publish --extra dev --extra gates \
		--constraint requirements/runtime.txt --output-file requirements/dev.txt
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) requirements/minify.in --no-deps --output-file requirements/minify.txt
	$(COMPILE) benchmarks/requirements.in --output-file benchmarks/requirements.txt
	$(COMPILE) requirements/node/node.in --output-file requirements/node/node.txt
	$(COMPILE) requirements/node/java.in --output-file requirements/node/java.txt
	cd requirements/node && npm install --package-lock-only --silent
	cd benchmarks/lighthouse && npm install --package-lock-only --silent

.PHONY: clean
clean: ## Remove everything that can be made again, .venv included
	rm -rf $(VENV) $(PEERS) site dist .blogtools .cache .coverage .coverage.* .hypothesis
	rm -rf .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find $(CODE) -name __pycache__ -prune -exec rm -rf {} +

# A changed lock makes an environment anew, so that nothing lingers that no lock names.
$(VENV)/.runtime: requirements/runtime.txt
	@sh scripts/venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV) (once, less than a minute) ..."
	@sh scripts/install $(VENV) requirements/runtime.txt
	@touch $@

$(VENV)/.project: $(VENV)/.runtime pyproject.toml
	$(BIN)/python -m pip --disable-pip-version-check install -qq --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing the locked tools of the checks into $(VENV) (once, less than a minute) ..."
	@sh scripts/install $(VENV) requirements/dev.txt
	@touch $@

$(VENV)/.minify: $(VENV)/.dev requirements/minify.txt
	@sh scripts/install $(VENV) requirements/minify.txt built
	@touch $@

$(VENV)/.pipeline: $(VENV)/.runtime requirements/node/package-lock.json requirements/node/node.txt requirements/node/java.txt
	@echo "Installing what runs pipelines on this machine into $(VENV) (once, less than a minute) ..."
	@sh scripts/gitlab-ci-local $(VENV)
	@touch $@

$(PEERS)/.locked: benchmarks/requirements.txt
	@sh scripts/venv $(PEERS)
	@echo "Installing the locked peers into $(PEERS) (once, less than a minute) ..."
	@sh scripts/install $(PEERS) benchmarks/requirements.txt
	@touch $@

$(PEERS)/.lighthouse: benchmarks/lighthouse/package-lock.json
	@command -v npm >/dev/null || { echo "Lighthouse needs Node 18 or newer, with npm." >&2; exit 1; }
	@echo "Installing the locked Lighthouse into $(PEERS) (once, a minute) ..."
	@mkdir -p $(PEERS)/node
	@cp benchmarks/lighthouse/package.json benchmarks/lighthouse/package-lock.json \
		benchmarks/lighthouse/.npmrc $(PEERS)/node/
	@cd $(PEERS)/node && npm ci --silent
	@touch $@
