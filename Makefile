# The two commands of the README are `make app` and `make test`; both make their own .venv first.
# Overrides: PYTHON=python3.12 (which Python makes the environment), VENV=path, RHOSCOPE_*=... (core/settings.py).

VENV ?= .venv
# The first Python that runs and is new enough; names may be there and not work (version managers leave such).
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$name; break; }; done)
BIN := $(VENV)/bin
STAMP := $(VENV)/.requirements-installed
SOURCES := core $(wildcard app.py) $(wildcard pages)

.DEFAULT_GOAL := help
.PHONY: help app test check browser lint format types bench fuzz load class screen ladder floors examples readme generate train evaluate curves clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer found: install it, or say make PYTHON=/path/to/python3."; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make environments. On Debian and Ubuntu: apt-get install python3-venv."; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

app: $(STAMP) ## open the app in the browser
	$(BIN)/streamlit run app.py

test: $(STAMP) lint types check ## everything a change must pass: ruff, mypy, tests, browser tests

# Three at a time, on two cores: one core is enough for most tests, and those in a browser wait now and then. Without -n
# they run one after another, with the same outcome.
check: $(STAMP) ## the tests, with those that drive Chromium
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 3 --dist worksteal

browser: $(STAMP) ## the browser tests only
	$(BIN)/python -m pytest -q tests/browser

lint: $(STAMP) ## ruff, as linter and as formatter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP) ## mypy
	$(BIN)/mypy -n 2 $(SOURCES)

format: $(STAMP) ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## speed and memory against other programs
	$(BIN)/python -m core bench --save docs/bench.json

fuzz: $(STAMP) ## damaged inputs by the hundred thousand to all that reads what visitors bring (ten minutes)
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.fuzz --save docs/fuzz.json

load: $(STAMP) ## thirty visitors while a DFT calculation runs: how fast pages answer
	$(BIN)/python -m tests.load --save docs/load.json

class: $(STAMP) ## thirty visitors in the workshop: how fast its pages answer
	$(BIN)/python -m tests.load.workshop --save docs/load-class.json

ENTRIES ?= 1CRN
screen: $(STAMP) ## seconds from Enter behind an id to the picture (ENTRIES="1CRN 1A8O", FILES=folder of entries)
	$(BIN)/python -m tests.load.on_screen $(ENTRIES) $(if $(FILES),--files $(FILES)) --save docs/screen.json

ladder: $(STAMP) ## force error of ordinary densities against the force-exact fit
	$(BIN)/python -m core basis ladder

floors: $(STAMP) ## what the auxiliary basis can represent, per element
	$(BIN)/python -m core basis floors

examples: $(STAMP) ## make assets/examples anew
	$(BIN)/python -m core.data.make_examples

readme: $(STAMP) ## put the accuracy of the shipped model and the bench into README.md
	$(BIN)/python -m core.cli.readme

HOURS ?= 1
WORKERS ?= 1
OUT ?= runs/data
# water, or fragments: pieces of proteins, nucleic acids and sugars.
STREAM ?= water
SEED ?= 1
generate: $(STAMP) ## structures with their DFT (STREAM=water, fragments or cutouts, SEED=1 HOURS=1 WORKERS=1 OUT=runs/data)
	$(BIN)/python -m core generate $(STREAM) --seed $(SEED) --hours $(HOURS) --workers $(WORKERS) --out $(OUT)

CONFIG ?= assets/models/water/config.yaml
train: $(STAMP) ## train a model (CONFIG=...)
	$(BIN)/python -m core train $(CONFIG)

MODEL ?= water
SET ?= assets/datasets/water/heldout-*.h5
evaluate: $(STAMP) ## errors of a model on a set (MODEL=water SET=...)
	$(BIN)/python -m core evaluate $(MODEL) --set '$(SET)'

curves: $(STAMP) ## learning curves of page 7 of the workshop (half an hour)
	$(BIN)/python -m core train assets/lessons/how-much-data.yaml --curve 10,30,100 \
	  --kinds equivariant,scalar,plain,l1,l2 --out runs/how-much-data
	cp runs/how-much-data/curve.json assets/lessons/how-much-data.json

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
