# make tour    a neuron's backward pass told step by step, digits learned, pictures in ./tour
# make test    all tests                     make lint    style and types
# make bench   speed beside micrograd        make clean   removes what these commands made
# make picture README's picture again       make notebooks   runs them and stores what they show
#
# Each command installs what it needs into .venv, once; after that it works offline.
# Another Python or environment: make test PYTHON=python3.12 VENV=/somewhere/else

PYTHON ?= python3
VENV ?= .venv
TOUR ?= tour
WORKERS ?= 2

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# Two pytest workers on two cores: more BLAS threads than that only get in each other's way.
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1
export MKL_NUM_THREADS ?= 1

# An exported PYTHONPATH could put another package named autograd in front of ours.
unexport PYTHONPATH

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help tour test lint format bench picture notebooks clean

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

bench: $(VENV)/.installed-micrograd
	$(BIN)/python benchmarks/scalar.py
	$(BIN)/python benchmarks/tensor.py
	$(BIN)/python benchmarks/conv.py
	$(BIN)/python benchmarks/recurrent.py
	$(BIN)/python benchmarks/replay.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/pictures.py

picture: $(VENV)/.installed
	$(BIN)/python docs/make_picture.py

clean:
	rm -rf .venv tour .mypy_cache .pytest_cache .ruff_cache .hypothesis
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

$(VENV)/.installed-micrograd: $(VENV)/.installed
	@$(PIP) install micrograd==0.1.0
	@touch $@
