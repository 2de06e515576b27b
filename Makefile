# Everything runs in .venv, made from the locked dependencies; nothing but Python 3.11+, make and the registries is needed.
# On Debian, as root, LibreOffice and libarchive are installed besides (deploy/debian-packages): old Word files and RAR.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint format soak egg bench accuracy lock clean

demo: .venv/ready ## the main job on simulated portals
	$(BIN)/nianbao demo

test: .venv/ready lint ## lint, types and all tests
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/ready ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

soak: .venv/ready ## kill a first and a second crawl at 20 random moments each: the archive of an undisturbed one
	$(BIN)/python tests/crawler/killing.py

egg: .venv/ready ## the project egg for Scrapyd nodes (deploy/README.md)
	$(BIN)/python deploy/egg.py dist/nianbao.egg

bench: .venv/ready ## measure again what docs/benchmarks.md says
	$(BIN)/python -m bench

accuracy: .venv/ready ## read 3,000 generated documents of known figures, compare every cell (docs/accuracy.md)
	$(BIN)/python -m bench.accuracy

large: .venv/ready ## crawl 100,000 reports of 500 simulated portals, twice (20 minutes; taken up when cut short)
	$(BIN)/python -m bench.large --data data/large

lock: .venv/ready ## renew requirements.lock after a change of dependencies in pyproject.toml
	$(BIN)/python -m pip install --quiet "uv>=0.5"
	$(BIN)/uv pip compile pyproject.toml --extra ocr --group dev --universal --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command "make lock" --output-file requirements.lock

clean: ## remove what make made
	rm -rf .venv data/demo data/large .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/ready: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "nianbao needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@deploy/debian-packages
	touch .venv/ready
