# Two commands do everything: `make report` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
INSTALLED_FOR_PROOF := $(VENV)/installed-for-proof
# A file of tests stays in one process, so that its fixtures are built once.
BOTH_CORES := --numprocesses 2 --dist loadfile
# The random examples of hypothesis are the same each time: who runs the tests again sees what others saw.
SAME_EXAMPLES := --hypothesis-profile=ci
TESTS := unit spec known_answers properties pipeline browser

.PHONY: report test coverage check fix docs proof bench screenshots clean $(addprefix test-,$(TESTS))

# Both need the stage commands to find the pinned Python first.
report test coverage proof bench screenshots $(addprefix test-,$(TESTS)): export PATH := $(CURDIR)/$(BIN):$(PATH)

report: $(INSTALLED)
	$(BIN)/python -m nms_pv.audit.lock
	$(BIN)/dvc repro
	@echo "$(CURDIR)/reports/index.html"

test: check
	$(BIN)/pytest -m "not proof" $(BOTH_CORES) $(SAME_EXAMPLES)

# Looks for new random examples, too.
coverage: $(INSTALLED)
	$(BIN)/pytest -m "not proof" $(BOTH_CORES) --cov --cov-report=term

check: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m nms_pv.docs --check

fix: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(INSTALLED)
	$(BIN)/python -m nms_pv.docs

$(addprefix test-,$(TESTS)): test-%: $(INSTALLED)
	$(BIN)/pytest tests/$* -m "not proof"

proof: $(INSTALLED_FOR_PROOF)
	$(BIN)/pytest -m proof $(BOTH_CORES) $(SAME_EXAMPLES)

bench: $(INSTALLED) report
	$(BIN)/python benchmarks/bench_pairs.py
	$(BIN)/python benchmarks/bench_all_pairs.py
	$(BIN)/python benchmarks/bench_measures.py
	$(BIN)/python benchmarks/bench_pipeline.py
	$(BIN)/python benchmarks/bench_pipeline.py 2000000 20
	$(BIN)/python benchmarks/bench_versions.py
	$(BIN)/python benchmarks/bench_labels.py
	$(BIN)/python benchmarks/bench_sixteen.py
	$(BIN)/python benchmarks/bench_cohort.py
	$(BIN)/python benchmarks/bench_dvc.py
	PYTHONPATH=. $(BIN)/python benchmarks/bench_page.py

# Pictures of the default report, for the README.
screenshots: report
	PYTHONPATH=. $(BIN)/python docs/screenshots.py

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Spark and the public common data models are large, and only the proofs need them.
$(INSTALLED_FOR_PROOF): requirements-proof.lock $(INSTALLED)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-proof.lock
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .coverage
