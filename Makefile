# The one entry for people and for CI. Each target says what it does after ##.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SITES ?= all
# An unpacked HTCondor, made once from Debian's packages.
CONDOR := $(or $(VC3_LAB_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/vc3-lab)/condor
# With PostgreSQL where libpq is. Looked at when it is used, because setup may have just installed it.
TRAITS = $(shell pkg-config --exists libpq 2>/dev/null && echo --traits PostgreSQL)
# Of the packages for fuzzing and simulation only what is their own: the rest are links to Sources.
FUZZING = Fuzzing/Package.swift Fuzzing/Sources/Fuzz* Fuzzing/Certificates/Package.swift Fuzzing/Certificates/Sources/Fuzz*
BENCHMARKS = Benchmarks/factory/Package.swift Benchmarks/factory/Sources/FactoryLoad
LIVES = robustness/lives/Package.swift robustness/lives/Sources/Crypto robustness/lives/Sources/lives
SWIFT_BUILD = swift build $(TRAITS) --explicit-target-dependency-import-check error

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install the packages that building and running need (apt; a second run changes nothing)
	@Tools/setup

build: setup ## Build all programs (debug)
	$(SWIFT_BUILD)

release: setup ## Build all programs (release)
	$(SWIFT_BUILD) -c release

worker-bundle: setup ## Pack what a pilot carries to a worker node: vc3-glidein and HTCondor's worker part
	@lab/condor-prefix "$(CONDOR)"
	@VC3_CONDOR_PREFIX="$(CONDOR)" Tools/worker-bundle .build/vc3-worker.tar.gz

test: build worker-bundle ## Run all tests: unit tests, and, as root, those against the real sites of the lab
	@Tools/test

check: ## Check format and structure; fails on any finding
	swift format lint --strict --recursive --parallel Package.swift Sources Tests $(FUZZING) $(BENCHMARKS) $(LIVES)
	@Tools/check-structure

fmt: ## Format all Swift sources
	swift format format --in-place --recursive --parallel Package.swift Sources Tests $(FUZZING) $(BENCHMARKS) $(LIVES)

demo: build worker-bundle ## Run the main job: one virtual cluster over three real sites (SITES=local: one site, no root)
	@demo/run $(SITES)

lab-up: setup ## Start the lab: Slurm, Grid Engine, HTCondor, a gateway and a head node as hosts on this machine
	@lab/lab up

lab-down: ## Stop the lab; leaves no process, mount or namespace
	@lab/lab down

bench: bench-cluster bench-idle bench-infoservice bench-credible bench-factory bench-explain ## Run all benchmarks

bench-cluster: release worker-bundle ## Time request -> all workers joined against a hand-written script
	@CONFIGURATION=release Benchmarks/cluster/run

bench-idle: release worker-bundle ## Measure what an idle vc3 up costs with one running cluster
	@CONFIGURATION=release Benchmarks/idle/run

bench-infoservice: ## Measure the Infoservice beside etcd: creates, reads, watches, entities at rest (release build)
	@Benchmarks/infoservice/run

release-credible:
	$(SWIFT_BUILD) -c release --product credible

bench-credible: setup ## Measure Credible beside the openssl command line: certificates, revocation lists (release build)
	@Benchmarks/credible/run

bench-explain: build worker-bundle ## Break a site in five ways: seconds until the cause is named, pilots lost, what other sites notice
	@Benchmarks/explain/run

bench-factory: setup ## Measure the Factory at Slurm beside TARDIS, dask-jobqueue and PSI/J, and with 100,000 simulated pilots (release build)
	@Benchmarks/factory/run

robustness: build worker-bundle ## Simulate 100,000 lives of a Factory, kill `vc3 up` and an Infoservice, break sites, disks, clocks; SEED=<number>
	@robustness/simulation
	@CAST=several robustness/simulation
	@robustness/infoservice/run
	@robustness/factories
	@robustness/run
	@robustness/run factories
	@robustness/logins

chaos-factory: build worker-bundle ## Kill a vc3-factory 50 times while it submits 500 pilots to the lab's sites; count at the sites; SEED=<number>
	@robustness/chaos-factory

fuzz: ## Feed the parsers of untrusted text with random input; FUZZ_SECONDS=60 each, all at once
	@Tools/fuzz

ci: ## What CI runs: checks, all tests, the demo in its forms, a short robustness run, a minute of fuzzing; tells what took how long
	@Tools/ci

.PHONY: help setup build release worker-bundle test check fmt demo lab-up lab-down bench bench-cluster bench-idle bench-infoservice bench-credible bench-factory bench-explain release-credible robustness chaos-factory fuzz ci
