# make tour    a neuron's backward pass told step by step, digits learned, pictures in ./tour
# make test    all tests                     make lint    style and types
# make bench   speed, docs/benchmarks.md     make bench-peers   what it is compared with
# make picture README's picture again       make notebooks   runs them and stores what they show
# make clean   removes what these commands made
#
# Each command installs what it needs into .venv, once; after that it works offline.
# Another Python or environment: make test PYTHON=python3.12 VENV=/somewhere/else
# PyTorch without CUDA: make bench-peers TORCH="torch==2.13.0 --index-url ..." (pytorch.org has it)

PYTHON ?= python3
VENV ?= .venv
TOUR ?= tour
WORKERS ?= 2
BENCH ?= .bench
TORCH ?= torch==2.13.0

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Two pytest workers on two cores: more BLAS threads than that only get in each other's way.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1
export BENCH

# An exported PYTHONPATH could put another package named autograd in front of ours.
unexport PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help tour test lint format bench bench-peers bench-page picture notebooks clean

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

tour: $(VENV)/.installed
	$(BIN)/glassgrad tour --out "$(TOUR)"

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

notebooks: $(VENV)/.installed-dev
	$(BIN)/python notebooks/execute.py

# About ten minutes.  What is not installed is left out of the tables, and the tables say so.
TABLES := scalar replay tensor conv recurrent memory growth startup pictures
bench: $(VENV)/.installed
	@set -e; for table in $(TABLES); do \
	    echo "$$table: $$(date +%H:%M:%S)"; \
	    $(BIN)/python benchmarks/$$table.py --json docs/benchmarks/$$table.json $(QUICK); \
	done
	$(BIN)/python benchmarks/page.py

# The page and its plots again, from the figures that were measured last.
bench-page: $(VENV)/.installed
	$(BIN)/python benchmarks/page.py

picture: $(VENV)/.installed
	$(BIN)/python docs/make_picture.py

clean:
	rm -rf .venv .bench tour .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --------------------------------------------------------------- the environment, in three layers

define check_python
import sys
if sys.version_info < (3, 10):
    sys.exit("glassgrad needs Python 3.10 or newer, and '%s' is Python %d.%d. Name a newer one: "
             "make %s PYTHON=python3.12" % ("$(PYTHON)", sys.version_info[0], sys.version_info[1],
                                            "$(firstword $(MAKECMDGOALS))"))
endef
export check_python

# A half-made environment must not pass for a whole one the next time.
$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || { \
	    echo "There is no '$(PYTHON)' here: install Python 3.10 or newer, or name one with PYTHON=..." >&2; exit 1; }
	@"$(PYTHON)" -c "$$check_python"
	@echo "making the environment $(VENV)"
	@rm -f "$(VENV)"/.installed*
	@"$(PYTHON)" -m venv "$(VENV)" || { rm -f "$(BIN)"/python*; exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "installing glassgrad into $(VENV)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "installing glassgrad and what its tests need into $(VENV)"
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.installed $@

# --------------------------------- what is measured beside ours, each in an environment of its own

# PyPI's autograd has our package's name: beside ours neither would be whole.
PEERS := micrograd torch mygrad autograd jax tinygrad
WANTED_micrograd := micrograd==0.1.0
WANTED_torch = $(TORCH)
WANTED_mygrad := mygrad
WANTED_autograd := autograd
WANTED_jax := jax
WANTED_tinygrad := tinygrad

# One that cannot be had keeps nobody else out; the list at the end tells it.
bench-peers: $(PEERS:%=peer-%)
	@"$(PYTHON)" benchmarks/peers.py "$(BENCH)"

.PHONY: $(PEERS:%=peer-%)
$(PEERS:%=peer-%): peer-%:
	@test -e "$(BENCH)/$*/.installed" || $(MAKE) --no-print-directory "$(BENCH)/$*/.installed" \
	    || echo "could not install $*" >&2

$(BENCH)/%/.installed:
	@"$(PYTHON)" -c "$$check_python"
	@echo "installing $(WANTED_$*) into $(BENCH)/$*"
	@rm -rf "$(BENCH)/$*"
	@"$(PYTHON)" -m venv "$(BENCH)/$*"
	@"$(BENCH)/$*/bin/python" -m pip --disable-pip-version-check -qq install numpy
	@"$(BENCH)/$*/bin/python" -m pip --disable-pip-version-check -qq install $(WANTED_$*)
	@touch $@
