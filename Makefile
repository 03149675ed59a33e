# Thin on purpose: the work is in scripts/. ARGS go to the program, SUITES choose tests.
SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help setup run build dev test lint fmt bench

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 10

setup: ## Install what building and testing need
	@scripts/setup.sh test

run: ## Install what is missing, build for release, start at http://127.0.0.1:3000
	@scripts/run.sh $(ARGS)

build: ## Build for release
	@scripts/setup.sh run
	@scripts/build.sh

dev: ## Debug build that reloads as files change
	@scripts/dev.sh $(ARGS)

test: ## Run all tests, or some: make test SUITES="native web"
	@scripts/test.sh $(SUITES)

lint: ## Check formatting and lints
	@scripts/lint.sh

fmt: ## Format the code
	@. scripts/env.sh && cargo fmt --all

bench: ## Run the measurements
	@scripts/bench.sh $(ARGS)
