.DEFAULT_GOAL := help
.PHONY: help demo test proof lint types plan docs bench bench-peers bench-segregation bench-agreement bench-forecast bench-discourse kills size pins clean
PY := .venv/bin/python
KELISIM := .venv/bin/kelisim

help:  ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

.venv/demo-ready: constraints/reports.txt pyproject.toml
	@echo "Setting up .venv with the analysis core and the report parts ..."
	@test -x $(PY) || python3 -m venv .venv
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r constraints/reports.txt
	@$(PY) -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/test-ready: constraints/test.txt .venv/demo-ready
	@echo "Adding the test tools to .venv ..."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r constraints/test.txt
	@touch $@

demo: .venv/demo-ready  ## read the Turkistan study and the synthetic one, write site, bulletin and data to out/
	$(KELISIM) run examples/turkistan --out out/turkistan
	$(KELISIM) run examples/synthetic --out out/synthetic
	@echo
	@echo "Made: out/turkistan (real figures) and out/synthetic (generated, marked so on every page)."
	@du -sh out/turkistan out/synthetic | sed 's/^/  /'
	@echo "Open next:  out/turkistan/site/kk/index.html   out/turkistan/bulletin-kk.pdf   (also ru, en)"
	@echo "Then:       .venv/bin/kelisim check examples/turkistan     what contradicts what in the source"

# Threads of the linear algebra library that wait for a busy core cost more than they bring.
test proof: export OPENBLAS_NUM_THREADS := 1

test: .venv/test-ready lint types plan  ## style, types, plan of the house and the whole logic; no service, under 3 minutes
	$(PY) -m pytest -q -n auto --dist loadfile -m "not proof"
	@echo "Next: make proof (browser, long runs), or make demo to see what comes out."

proof: .venv/test-ready .venv/cluster-ready docs  ## what takes longer or needs a browser: pages, interrupted runs, spelling, long fuzzing
	$(PY) -m pytest -q -n auto --dist loadfile -m proof

lint: .venv/test-ready  ## style of the code
	$(PY) -m ruff check -q .
	$(PY) -m ruff format -q --check .

types: .venv/test-ready  ## types of the code
	$(PY) -m mypy

plan: .venv/test-ready  ## the floor plan: which room may lean on which
	.venv/bin/lint-imports --no-cache | tail -n 12

.venv/docs-ready: constraints/docs.txt .venv/test-ready
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r constraints/docs.txt
	@touch $@

.venv/cluster-ready: constraints/cluster.txt .venv/test-ready
	@echo "Adding Spark to .venv ..."
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r constraints/cluster.txt
	@touch $@

docs: .venv/docs-ready  ## build docs/ with a method page per measure into out/docs
	$(PY) docs/generate.py
	$(PY) -m mkdocs build -q --strict -f docs/mkdocs.yml

bench: .venv/test-ready  ## time the main job; writes bench/RESULTS.md
	$(PY) bench/run_main_job.py

.venv-bench/ready: bench/peers.txt
	python3 -m venv .venv-bench
	.venv-bench/bin/python -m pip install -q --disable-pip-version-check -r bench/peers.txt
	@touch $@

bench-peers: .venv-bench/ready  ## a place of its own for the programs we compare with (.venv-bench, 0.9 GB)

bench-segregation: .venv-bench/ready  ## inference for segregation beside PySAL; writes its section of bench/RESULTS.md
	.venv-bench/bin/python bench/segregation_inference.py

bench-forecast: .venv/test-ready  ## time the monthly forecast run; writes its section of bench/RESULTS.md
	$(PY) bench/forecast.py

bench-agreement: .venv-bench/ready  ## agreement of coders beside krippendorff; writes its section of bench/RESULTS.md
	.venv-bench/bin/python bench/agreement.py

bench-discourse: .venv-bench/ready .venv/cluster-ready  ## texts at scale beside spaCy, Aho-Corasick, datasketch, Polars, Spark; writes its section
	$(PY) bench/discourse.py

kills: .venv/test-ready  ## kill runs and damage files many times, count what came of it; writes bench/HARDENING.md
	$(PY) bench/run_hardening.py

size:  ## modules over 400 lines and functions over 60: a question, never a failure
	@find src -name '*.py' | xargs wc -l | awk '$$1 > 400 && $$2 != "total"'

pins: .venv/test-ready  ## renew constraints/*.txt from pyproject.toml
	bash constraints/renew

clean:  ## remove what the targets made
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis
