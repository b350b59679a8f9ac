# Each target is one line that calls the command line or a tool; `make` alone prints them.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup test run learn contract scoreboard doctor notebooks format clean

help: ## print the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1	\2/p' Makefile | expand -t 16
setup: ## make .venv and install the packages
	$(PYTHON) course.py setup
test: ## ruff, pytest, doctests
	$(PYTHON) course.py test
run: ## all experiments, then the scoreboard
	$(PYTHON) course.py run
learn: ## open the lessons in JupyterLab
	$(PYTHON) course.py learn
contract: ## measure what the embedded model can do
	$(PYTHON) course.py contract
scoreboard: ## print the stored scoreboard
	$(PYTHON) course.py scoreboard
doctor: ## check this installation
	$(PYTHON) course.py doctor
notebooks: ## build both editions of the lessons
	.venv/bin/python tools/build_notebooks.py
format: ## let ruff format and mend what it can
	.venv/bin/python -m ruff check --fix . && .venv/bin/python -m ruff format .
clean: ## remove caches; .venv stays
	rm -rf .course_cache .pytest_cache .ruff_cache .hypothesis
