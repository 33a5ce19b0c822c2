# SPDX-License-Identifier: Apache-2.0
# make run     set up what is missing, then serve the demo at 127.0.0.1:8000 (KASAUTI_PORT, KASAUTI_VAR)
# make test    set up what is missing, then every check and every test: what CI runs
# make setup   only set up .venv (PYTHON=... names the Python to use)
# make battery the long soaks, which make test leaves out
# make clean   remove what these made, except data under var/
.PHONY: run test setup battery clean
.DEFAULT_GOAL := run

run:
	@scripts/setup run && exec .venv/bin/kasauti demo --finished 120

setup:
	@scripts/setup run

test:
	@scripts/setup dev && exec scripts/all

battery:
	@scripts/setup dev && exec scripts/battery

clean:
	rm -rf .venv node_modules build dist kasauti.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage \
	  .import_linter_cache
