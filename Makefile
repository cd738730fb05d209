# `make run` and `make test` work from a bare checkout: git, make and Python 3.11 or newer are enough.
# The logic is in tools/*.py; every target is described in README.md and by `make help`.

# The first Python that is new enough; `make run PYTHON=/path/to/python3.12` names another one.
BASE_PYTHON = $(shell for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
SETUP = @python="$(BASE_PYTHON)"; test -n "$$python" || { \
	echo "This needs Python 3.11 or newer; none was found as python3 or python3.11 to python3.14. \
	Install one, or name it: make $@ PYTHON=/path/to/python3.12" >&2; exit 1; }; $$python -m tools.setup
PY = .venv/bin/python

.PHONY: help run test setup test-idps lint bench screenshots serve lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

run: ## start everything for trying out: product, demo company, stand-in identity provider (PORT, IDP_PORT)
	$(SETUP) runtime
	@exec $(PY) -m demo

test: ## the whole suite, on SQLite and on PostgreSQL + Redis with a real worker and a real browser (ARGS)
	$(SETUP) development
	@$(PY) -m tools.test $(ARGS)

setup: ## only the environment in .venv, with what tests and checks need
	$(SETUP) development

test-idps: ## full logins against SimpleSAMLphp, samlp, oidc-provider, django-oauth-toolkit (ARGS)
	$(SETUP) development
	@$(PY) -m tools.test_idps $(ARGS)

lint: ## formatting, types, layers, templates, migrations, house rules
	$(SETUP) development
	@$(PY) -m tools.lint

bench: ## benchmarks, as a table
	$(SETUP) bench
	@$(PY) -m bench

screenshots: ## every page, light and dark, desktop and phone, into var/screenshots (ARGS)
	$(SETUP) development
	@$(PY) -m tools.screenshots $(ARGS)

serve: ## gunicorn + worker + beat against DATABASE_URL and REDIS_URL (PORT)
	$(SETUP) runtime
	@exec $(PY) -m tools.serve

lock: ## choose versions and write them with hashes (needs uv)
	$(SETUP) development
	@$(PY) -m tools.lock $(ARGS)
