# Two commands do everything: `make demo` shows it, `make test` proves it.

PYTHON ?= python3
unexport PYTHONDONTWRITEBYTECODE  # start-up counts, and compiling is most of it
VENV := .venv
BIN := $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo tour test lint bench evaluate train-names train-offensive fuzz lock clean

demo: $(VENV)/.run
	$(BIN)/python -P -m demo.run

# The picture of a search in the README, made anew on the demonstration's data.
tour: $(VENV)/.run
	$(BIN)/python -P -m demo.tour

test: $(VENV)/.dev lint
	$(BIN)/python -P -m pytest -n logical

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Ten minutes; `make bench RECORDS=1000000` searches a large archive, and takes an hour.
RECORDS ?= 100000
bench: $(VENV)/.dev
	$(BIN)/python -P -m bench.run $(RECORDS)

# How good the detectors are.
evaluate: $(VENV)/.dev
	$(BIN)/python -P -m bench.detectors
	$(BIN)/python -P -m bench.offensive
	$(BIN)/python -P -m bench.acts
	$(BIN)/python -P -m bench.rarity
	$(BIN)/python -P -m bench.patterns
	$(BIN)/python -P -m bench.roll

# The weights that find names, learnt anew in minutes: detectors/training/names.py.
WNUT ?= ../shared/data/wnut17
train-names: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -P -m detectors.training.names $(WNUT)

# Trains both models of offensive matter on ../shared/data and our own passages; an hour and a half on
# one core, and what the second needs (torch, some 3 GB) in an environment of its own. May be stopped
# and started again: build/judge remembers how far it got; `make clean` forgets.
TRAIN := build/train
train-offensive: $(VENV)/.dev $(TRAIN)/.done
	$(BIN)/python -P -m detectors.training.fit
	OMP_NUM_THREADS=1 PYTHONPATH=. $(TRAIN)/bin/python -P -m detectors.training.teach build/judge

$(TRAIN)/.done: requirements.txt requirements-train.txt
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install --quiet --no-deps --require-hashes \
		-r requirements.txt -r requirements-train.txt
	touch $@

# Bytes that are no mail, for as long as asked: tests/fuzz.
SECONDS ?= 60
fuzz: $(VENV)/.dev requirements-fuzz.txt
	$(PIP) --require-hashes -r requirements-fuzz.txt
	PYTHONPATH=.:tests $(BIN)/python -m fuzz.run --seconds $(SECONDS)

# What runs, pinned by hash, and the project itself, installed in place.
$(VENV)/.run: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	touch $@

# Pins carry hashes and no addresses. Needs `uv`.
lock:
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group build pyproject.toml --output-file requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group build --group dev pyproject.toml --constraint requirements.txt --output-file requirements-dev.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group fuzz --output-file requirements-fuzz.txt
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--group train --constraint requirements.txt --output-file requirements-train.txt

clean:
	rm -rf $(VENV) demo-data build dist
