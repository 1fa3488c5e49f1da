# Each target is one command. On Windows without make, type the command.

.PHONY: help
help: ## show this help
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: setup
setup: ## download the modules
	go mod download

.PHONY: run
run: ## render the litware example into this folder
	go run ./cmd/lyncowa render examples/litware/topology.yaml

.PHONY: test
test: ## run all tests
	go test -race -shuffle=on -timeout 30m ./...

.PHONY: lint
lint: ## gofumpt, go vet, staticcheck
	test -z "$$(go run mvdan.cc/gofumpt@v0.12.0 -l .)"
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

.PHONY: examples
examples: ## regenerate the committed bundles (examples/bundles) and the quotations in pages and tests
	.ci/examples render
	go test ./cmd/lyncowa -run 'TestPages|TestScript' -update
	go test ./internal/topology -run 'TestCommittedSchema|TestGuide' -update

.PHONY: examples-check
examples-check: ## fail if a committed bundle differs from what render writes
	.ci/examples check

.PHONY: rehearse
rehearse: ## rehearse the committed bundles; needs pwsh or powershell
	.ci/examples rehearse

.PHONY: facts
facts: ## trim the cmdlet facts, then the stand-ins: make facts CMDLETS=a.json WINDOWS=b.json
	go run ./internal/rehearsal/facts/generate facts $(CMDLETS) $(WINDOWS) >facts.tmp
	mv facts.tmp internal/rehearsal/facts/facts.json
	$(MAKE) stand-ins

.PHONY: stand-ins
stand-ins: ## generate the simulated farm's stand-ins from the cmdlet facts
	go run ./internal/rehearsal/facts/generate stand-ins internal/rehearsal/farm

.PHONY: fuzz
fuzz: ## fuzz everything that takes input, 30 seconds each, and kill render at random moments
	.ci/fuzz 30s

.PHONY: bench
bench: ## measure lyncowa and helm, write docs/benchmarks.md, fail if a target is missed
	.ci/bench

.PHONY: cross
cross: ## build for Windows, Linux and macOS
	.ci/cross

.PHONY: release
release: ## build the archives of a release into dist/
	.ci/release dist
