# The front door. Every target installs what it needs (only what is missing) and can be run on a fresh clone
# with the Swift toolchain and make.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := bash
.SHELLFLAGS := -euo pipefail -c

SWIFT ?= swift
PYTHON ?= python3
SWIFT_SOURCES := $(wildcard Sources Tests Benchmarks Package.swift)

# Swift Testing starts all tests at once unless told otherwise; with more than some 1,300 files open Foundation's
# `Process.run()` reads past the end of its list of them and crashes.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 16

.PHONY: help
help: ## Show this list
	@echo "Tallystick $$(cat VERSION): is it better? From two result files to a verdict that can be trusted."
	@echo
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | while IFS='|' read -r target text; do printf '%-24s %s\n' "$$target" "$$text"; done

.PHONY: demo
demo: install-packages ## Build tally, compare example results, check a simulated company (start here)
	@# The debug build gives the first verdict sooner, and `make test` uses what it compiled.
	$(SWIFT) build --product tally
	@Scripts/demo.sh "$$($(SWIFT) build --show-bin-path)/tally"

.PHONY: test
test: install-packages ## Run every test: the Python ones of the action and the packages, then all of Swift's
	@# The tests start a server of their own and end it; without one they run on SQLite alone.
	@Scripts/install-packages.sh postgres || true
	$(PYTHON) -m unittest discover --start-directory Tests/action --buffer
	$(PYTHON) -m unittest discover --start-directory Tests/packaging --buffer
	$(PYTHON) -m unittest discover --start-directory Tests/reports_schemas --buffer
	$(SWIFT) build --build-tests
	@$(PYTHON) Scripts/readme.py "$$($(SWIFT) build --show-bin-path)/tally" --check
	TALLY="$$($(SWIFT) build --show-bin-path)/tally" $(PYTHON) -m unittest discover --start-directory Tests/clients --buffer
	@# What failed among thousands of lines is said once more, with the runner's own summary last.
	$(SWIFT) test --skip-build --disable-xctest 2>&1 | tee .build/tests.log \
	  || { echo; echo "What failed:"; grep '^✘' .build/tests.log; exit 1; }

.PHONY: readme
readme: install-packages ## Paste what tally prints into the output blocks of README.md
	$(SWIFT) build --product tally
	@$(PYTHON) Scripts/readme.py "$$($(SWIFT) build --show-bin-path)/tally"

.PHONY: manuals
manuals: ## Collect the manuals of the checks, which `tally explain` prints, and the API's document, which `tally serve` does
	$(PYTHON) Scripts/manuals.py
	$(PYTHON) Scripts/openapi.py

.PHONY: mutate
mutate: install-packages ## Flip every threshold comparison of the checks: does a test notice?
	$(PYTHON) Scripts/mutate.py --swift "$(SWIFT)"

.PHONY: calibrate
calibrate: install-packages ## Simulate coverage, errors and power of the default methods into Documentation/Calibration.md
	$(SWIFT) build --product calibrate
	@# Written whole or not at all: an interrupted run leaves the last report.
	"$$($(SWIFT) build --show-bin-path)/calibrate" \
	  --code "$$(cat VERSION), commit $$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" \
	  > Documentation/Calibration.md.new
	mv Documentation/Calibration.md.new Documentation/Calibration.md

.PHONY: lint
lint: ## Check the format of the Swift sources and the rules of the house
	@Scripts/install-packages.sh python
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	$(PYTHON) Scripts/lint.py
	$(PYTHON) Scripts/manuals.py --check
	$(PYTHON) Scripts/openapi.py --check

.PHONY: bench
bench: install-packages ## Measure tally beside SciPy, pandas, Inspect, tokenizers, Phoenix, MLflow, nginx and LiteLLM, in one run
	@Scripts/install-packages.sh venv
	@Scripts/install-packages.sh postgres
	@Scripts/install-packages.sh nginx
	@SWIFT="$(SWIFT)" PYTHON="$(PYTHON)" Benchmarks/run.sh

.PHONY: scale
scale: install-packages ## Write how ledger and checks grow, to a million trials and ten million spans, into Documentation/Scale.md
	@Scripts/install-packages.sh postgres || true
	$(SWIFT) build -c release --product tally
	$(SWIFT) build -c release --product bench-ledger
	folder="$$($(SWIFT) build -c release --show-bin-path)"; Benchmarks/scale.sh "$$folder/tally" "$$folder/bench-ledger" \
	  > Documentation/Scale.md.new
	mv Documentation/Scale.md.new Documentation/Scale.md

.PHONY: soak
soak: install-packages ## Twenty thousand power failures, a hundred thousand calls on budgets, and a minute without a target of forward: some ten minutes
	$(SWIFT) build --build-tests
	TALLY_OUTAGE=60 $(SWIFT) test --skip-build --disable-xctest --filter tallyTests.OutageTests
	TALLY_STORM=25000 $(SWIFT) test --skip-build --disable-xctest --filter tallyTests.BudgetStormTests
	TALLY_CRASHES=20000 $(SWIFT) test --skip-build --disable-xctest --filter StoreTests.CrashTests

.PHONY: dist
dist: install-packages ## Make the release binary, its tarball and its Python wheel, and try the wheel in a clean venv
	@Scripts/install-packages.sh venv
	@SWIFT="$(SWIFT)" PYTHON="$(PYTHON)" Packaging/dist.sh

.PHONY: install-packages
install-packages: ## Install the system packages that are missing (apt, as root or through sudo)
	@Scripts/install-packages.sh libraries python

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf .build dist .venv-bench
