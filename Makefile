# Everything a person or a machine runs. The two that matter: make run, make test.
PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python
MO := locale/sv/LC_MESSAGES/django.mo
CODE := asf_tracker programmes accounts activities enterprises placements reports tests benchmarks manage.py

.PHONY: run setup test test-full format lint lock messages

run: .venv/run $(MO) ## serve on http://localhost:$(PORT) with both demo programmes
	@$(PY) asf_tracker/setup.py
	@$(PY) manage.py migrate --noinput --verbosity 0
	@$(PY) manage.py load_demo --once
	@$(PY) manage.py collectstatic --noinput --verbosity 0
	@echo
	@echo "  ASF Tracker: http://localhost:$(PORT)"
	@$(PY) manage.py load_demo --sign-ins
	@$(BIN)/gunicorn asf_tracker.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --log-level warning

setup: .venv/dev $(MO) ## all of that without serving, and the tests' tools
	@$(PY) asf_tracker/setup.py
	@$(PY) manage.py migrate --noinput --verbosity 0
	@$(PY) manage.py load_demo --once

test: .venv/dev $(MO) ## the suite on SQLite, PostgreSQL and in a browser
	@$(PY) asf_tracker/setup.py
	@$(PY) -m tests

test-full: .venv/dev $(MO) ## with the large numbers
	@$(PY) asf_tracker/setup.py
	@$(PY) -m tests --full

format: .venv/dev
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --quiet --fix $(CODE)

lint: .venv/dev $(MO)
	@$(PY) asf_tracker/setup.py
	@$(BIN)/ruff format --check --quiet $(CODE)
	@$(BIN)/ruff check --quiet $(CODE)
	@$(PY) manage.py makemigrations --check --dry-run

messages: .venv/dev ## take new English strings into locale/sv
	@$(BIN)/django-admin makemessages --locale sv --no-location --no-obsolete --ignore .venv --ignore staticfiles --ignore data

lock: ## after a change of requirements*.in; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements.in --output-file requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-dev.in --output-file requirements-dev.txt

.venv/bin/python:
	@$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/bin/python
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/run

$(MO): locale/sv/LC_MESSAGES/django.po | .venv/run
	@$(BIN)/pybabel --quiet compile --directory locale --domain django
