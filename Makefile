# Two commands do everything: `make demo` and `make test`. Both make the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint format slow clean

demo: $(READY)
	@for say in "Highlight cells greater than 12" "highlight cells that are empty or below 0"; do \
		echo "\$$ codefusion generate --language cf --steps 4 --trace \"$$say\""; \
		$(BIN)/codefusion generate --language cf --steps 4 --trace "$$say" || exit; \
		echo; \
	done

test: $(READY) lint
	$(BIN)/pytest -n 2 -m "not slow and not gpu"

slow: $(READY)
	$(BIN)/pytest -m slow

lint: $(READY)
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix src tests benchmarks
	$(BIN)/ruff format src tests benchmarks

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build
