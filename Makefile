# Two commands on a fresh machine: `make demo` and `make test`.
# Options of the demonstration: make demo DEMO="--scale 0.2 --port 8080"
.PHONY: setup demo test check lint types imports fix handbook bench soak

VENV := .venv
RUN := $(VENV)/bin
# A few tests at a time, the long ones first (tests/conftest.py): both workers end together.
PYTEST := $(RUN)/python -m pytest -n 2 --maxschedchunk 4

setup:
	@scripts/setup

demo: setup
	@$(RUN)/fanal demo $(DEMO)

test: setup
	@$(PYTEST) $(DRAW)

# What decides about a change draws the same each time, so that its answer can be repeated; `make test` and `make soak`
# draw anew.
check: DRAW := --randomly-seed=1 --hypothesis-seed=1
check: setup lint types imports test

lint:
	@$(RUN)/ruff check src tests benchmarks
	@$(RUN)/ruff format --check src tests benchmarks

types:
	@$(RUN)/mypy

imports:
	@$(RUN)/lint-imports

fix: setup
	@$(RUN)/ruff check --fix src tests benchmarks
	@$(RUN)/ruff format src tests benchmarks

# Pages of the handbook that follow from the program: commands, errors.
handbook: setup
	@PYTHONPATH=tests $(RUN)/python tests/handbook.py

bench: setup
	@scripts/setup --bench
	@$(RUN)/python -m benchmarks

# The promises at their long size: within about an hour.
soak: setup
	@FANAL_SOAK=1 FANAL_BLOWS=1000 $(PYTEST) tests/promises tests/hostile tests/golden
