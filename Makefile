# Each target sets up by itself whatever it needs; when nothing changed that takes a second.
.DEFAULT_GOAL := help

PORT ?= 5005
HOST ?= 127.0.0.1

# Rasa must not phone home, and the model's weights come with a package.
export RASA_TELEMETRY_ENABLED := false
export HF_HUB_OFFLINE := 1
export TF_CPP_MIN_LOG_LEVEL := 3

SETUP := sh scripts/setup.sh
PYTHON_IN_VENV := .venv/bin/python
PREPARE := $(PYTHON_IN_VENV) -m bot.prepare
PACKAGES := bot actions knowledge_base training evaluation benchmarks deploy

.PHONY: help run shell cluster train tune tune-reranker index validate test lint evaluate bench widget widget-packages lock sbom clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: ## start the bot and its page on http://127.0.0.1:5005 (PORT=..., HOST=...)
	@$(SETUP) && $(PREPARE)
	@exec $(PYTHON_IN_VENV) -m bot run --host "$(HOST)" --port "$(PORT)"

shell: ## chat with the bot in this terminal
	@$(SETUP) && $(PREPARE)
	@exec $(PYTHON_IN_VENV) -m bot shell

cluster: ## start two bots on this machine's own PostgreSQL, Redis and nginx (ARGS='--bots 4')
	@$(SETUP) && $(PREPARE)
	@exec $(PYTHON_IN_VENV) -m deploy.cluster $(ARGS)

train: ## build the index and train the model, if something changed
	@$(SETUP) && $(PREPARE) && echo "The model is up to date."

tune: ## tune the reader anew, three hours, on a GPU minutes (ARGS=--help)
	@$(SETUP) dev
	@$(PYTHON_IN_VENV) -m training $(ARGS)

tune-reranker: ## tune the reranker anew from the index, on a GPU (ARGS=--help)
	@$(SETUP) dev && $(PREPARE)
	@$(PYTHON_IN_VENV) -m training.tune_reranker $(ARGS)

index: ## build the search index of the articles, if one changed
	@$(SETUP) && $(PYTHON_IN_VENV) -m knowledge_base build

validate: ## check the articles, the training data and the domain
	@$(SETUP) && $(PYTHON_IN_VENV) -m knowledge_base validate
	@$(PYTHON_IN_VENV) -m knowledge_base build
	@$(PYTHON_IN_VENV) -m rasa data validate --fail-on-warnings

test: ## run all tests (ARGS='-k name' for some)
	@$(SETUP) dev && $(PREPARE)
	@$(PYTHON_IN_VENV) -m pytest $(ARGS)

lint: ## check style and types
	@$(SETUP) dev
	@$(PYTHON_IN_VENV) -m ruff check .
	@$(PYTHON_IN_VENV) -m ruff format --check .
	@$(PYTHON_IN_VENV) -m mypy $(PACKAGES)

evaluate: ## measure the bot's answers and write evaluation/report (ARGS=...)
	@$(SETUP) dev && $(PREPARE)
	@$(PYTHON_IN_VENV) -m evaluation $(ARGS)

bench: ## measure speed and size beside a stock Rasa bot, some 10 minutes (ARGS=--quick)
	@$(SETUP) dev && $(PREPARE)
	@$(PYTHON_IN_VENV) -m benchmarks $(ARGS)

widget: ## build the chat's files anew after a change of its source (needs Node)
	@npm ci --prefix bot/widget && npm run build --prefix bot/widget

widget-packages: widget ## put the chat's npm package and WordPress plugin into results/widget
	@mkdir -p results/widget
	@npm pack ./bot/widget --silent --pack-destination results/widget
	@cd bot/widget/wordpress && python3 -m zipfile -c ../../../results/widget/hematoma-guide-wordpress.zip hematoma-guide
	@ls results/widget

lock: ## pin all packages anew in requirements*.lock
	@sh scripts/lock.sh

sbom: ## list the bot's packages, with versions and hashes, in sbom.json
	@sh scripts/sbom.sh

clean: ## remove all that was made here: packages, index, models, caches
	rm -rf .venv .cache .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis
	rm -rf bot/widget/node_modules models knowledge_base/index evaluation/report results sbom.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
