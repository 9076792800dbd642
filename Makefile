# Two commands matter: `make run` sets everything up and shows the first sample, `make test` sets everything up and
# passes the tests. Stamps in .venv make a second call quick; a changed pyproject.toml or constraints.txt renews it.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
VIEWER := engine/taixu/serve/viewer
VIEWED := $(VIEWER)/dist/index.html
VIEWER_SOURCES := $(shell find $(VIEWER)/src -type f) $(addprefix $(VIEWER)/,build.mjs package-lock.json tsconfig.json)
USED := $(VENV)/.stamp-run
TESTED := $(VENV)/.stamp-test
EXTRAS := editor,models
# Files of tests that run at a time; one takes up to 4 GB.
JOBS := 2
SCREEN := $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname -s)))

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run pictures test quick bench lint style format assets image viewer wheel clean distclean
.DEFAULT_GOAL := help

help:
	@echo "make run     set everything up and show the first sample"
	@echo "make test    set everything up, lint, and run the tests"
	@echo "make quick   the tests that take seconds        make bench   the tests that measure time"
	@echo "make lint    ruff, mypy and the import contracts  make wheel   build the wheel into dist/"
	@echo "make assets  the starter library in assets/, made anew"
	@echo "make image   Python for mods, as WebAssembly, made anew"
	@echo "make viewer  what taixu serve shows in a browser (make test and make wheel build it, too)"
	@echo "make clean   remove what was built (make distclean: .venv too)"

$(BIN)/python:
	@.ci/virtual-environment $(VENV)
	@touch $@

$(USED): $(BIN)/python pyproject.toml constraints.txt
	@.ci/system-libraries run
	@echo "Installing Taixu into $(VENV)"
	@$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS)]" --constraint constraints.txt
	@touch $@

$(TESTED): $(USED)
	@.ci/system-libraries test
	@echo "Installing what the tests want into $(VENV)"
	@$(BIN)/python -m pip install --quiet --editable ".[$(EXTRAS),ai,twin,mods,city,cluster,dev]" --constraint constraints.txt
	@touch $@

# Where there is a screen: the editor, or the player until there is an editor (status 3: not installed, or no OpenGL
# 4.3). Where there is none: a picture and a film.
run: $(USED)
ifneq ($(SCREEN),)
	@for command in edit run; do \
		$(BIN)/taixu $$command samples/playground 2>$(VENV)/said; status=$$?; \
		if [ $$status -ne 3 ]; then cat $(VENV)/said >&2; exit $$status; fi; \
	done; cat $(VENV)/said >&2; $(MAKE) --no-print-directory pictures
else
	@$(MAKE) --no-print-directory pictures
endif

pictures: $(USED)
	@$(BIN)/taixu run samples/playground --headless --seconds 5 --size 640x360 --record out/playground.mp4
	@$(BIN)/taixu render samples/playground --time 2 --out out/playground.png
	@echo "The picture is $(CURDIR)/out/playground.png, the film $(CURDIR)/out/playground.mp4"

# Types are checked beside the tests, and said after them; both have to be well. Without npm's registry the tests of the
# page are skipped, and say so.
test: style
	@$(MAKE) --no-print-directory --question $(VIEWED) || .ci/viewer $(BIN) --try
	@$(BIN)/mypy >$(VENV)/types 2>&1 & types=$$!; \
	$(BIN)/python -m pytest -m "not bench" --numprocesses $(JOBS) --dist loadfile $(PYTEST); tests=$$?; \
	wait $$types; types=$$?; cat $(VENV)/types; exit $$((tests ? tests : types))

quick: $(TESTED)
	@$(BIN)/python -m pytest -q -m "not bench and not slow" tests/unit tests/property $(PYTEST)

bench: $(TESTED)
	@$(BIN)/python -m pytest -m bench $(PYTEST)

lint: style
	@$(BIN)/mypy

style: $(TESTED)
	@$(BIN)/ruff check
	@$(BIN)/lint-imports --config pyproject.toml

format: $(TESTED)
	@$(BIN)/ruff check --fix

assets: $(TESTED)
	@$(BIN)/python assets/_build

image: $(TESTED)
	@$(BIN)/python .ci/image

$(VIEWED): $(VIEWER_SOURCES) | $(TESTED)
	@.ci/viewer $(BIN)

viewer: $(VIEWED)

wheel: $(TESTED) $(VIEWED)
	@$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

clean:
	rm -rf out dist build $(VIEWER)/dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find engine editor tests samples -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) $(VIEWER)/node_modules
