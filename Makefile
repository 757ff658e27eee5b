# Everything is set up in .venv by the first target that needs it; Python 3.11+ and make suffice.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test slow noise fuzz crash lint docs texts gallery site bench wheel clean coverage

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/'

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group dev
	@touch $(READY)

demo: $(READY)  ## Set everything up and show the article's examples and the sample vectors
	$(BIN)/latent analogy king man woman
	@echo
	$(BIN)/latent analogy king man woman --raw -v article-words.txt
	@echo
	$(BIN)/latent distances cat dog car truck -v article-objects.txt
	@echo
	$(BIN)/latent relation king:queen man:woman uncle:aunt
	@echo
	$(BIN)/latent interp z1.npy z2.npy --slerp --steps 5
	@echo
	$(BIN)/latent mig codes.npy factors.csv
	@echo
	$(BIN)/latent mig codes_entangled.npy factors_entangled.csv
	@echo
	$(BIN)/latent capacity --dims 5
	@echo
	$(BIN)/latent analogy paris france japan --json -k 1
	@echo
	$(BIN)/latent interp 'digits::codes[0]' 'digits::codes[1]' --slerp --steps 10 --decoder digits --preview --strip digits.png --force
	@echo "The same as a picture: $(CURDIR)/digits.png"

test: $(READY)  ## Set everything up and run the tests, but the slow ones
	$(BIN)/python -m pytest -q -n 2

slow: $(READY)  ## Run the slow tests
	$(BIN)/python -m pytest -q -n 2 -m slow

noise: $(READY)  ## What each reading says of noise, in 100 seeds of each kind (an hour)
	$(BIN)/python -m pytest -q -n 2 -m slow tests/noise

fuzz: $(READY)  ## 20,000 each of text files, broken files, damaged tables, hostile tensors and commands over them; SEED=N for others
	LATENT_TEST_SEED=$(or $(SEED),0) LATENT_GRAMMAR=20000 LATENT_TEST_HOSTILE_TENSORS=20000 \
		LATENT_TEST_BROKEN_FILES=20000 LATENT_TEST_TABLES=20000 LATENT_TEST_COMMANDS=20000 \
		$(BIN)/python -m pytest -q -n 2 tests/files/test_grammar.py tests/files/test_hostile.py tests/files/test_hostile_tables.py \
		tests/robustness/test_tensors.py tests/robustness/test_campaign.py

crash: $(READY)  ## Kill 300 runs, flip pages of the cache, fill the disk, read beside cache clear; SEED=N for other moments
	LATENT_TEST_SEED=$(or $(SEED),0) LATENT_TEST_KILLS=300 \
		$(BIN)/python -m pytest -q -m slow tests/robustness/test_campaign.py

lint: $(READY)  ## Check style, types and which layer imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)  ## Write what commands and Python sessions print now into README.md and docs/
	$(BIN)/python tests/console.py README.md docs/*.md

texts: $(READY)  ## Write every help page, note, error and reading that the tests meet into build/texts.txt, to be read
	$(BIN)/python -m pytest -q -n 2 -p tests.texts

gallery: $(READY)  ## Make the pictures of docs/gallery.md, and every report in both sizes, on sheets in build/plots/
	$(BIN)/python examples/make_gallery.py docs/gallery
	$(BIN)/python examples/plot_gallery.py build/plots

site: $(READY)  ## Build the documentation site into site/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group site
	$(BIN)/python -m mkdocs build --quiet

bench: $(READY)  ## Compare with the peers; DATA=folder of glove.6B.50d.txt[.gz]
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	$(BIN)/python benchmarks/run.py $(if $(DATA),--data $(DATA))

coverage: $(READY)  ## How often intervals hold what they say, into docs/ (hours; SAMPLES=40 for fewer)
	$(BIN)/python benchmarks/interval_coverage.py --samples $(or $(SAMPLES),200) --kept build/coverage.jsonl --write
	$(BIN)/python benchmarks/paired_models.py --trials $(or $(SAMPLES),200)

wheel: $(READY)  ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:  ## Remove what the targets made
	rm -rf $(VENV) dist build site .pytest_cache .mypy_cache .ruff_cache
