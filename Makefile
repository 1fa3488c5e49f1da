# Everything here is one plain command; on Windows, where there is no make, type that command.

NAMES = litware/litware-owa-im litware-colocated/litware-colocated contoso-two-sites/contoso-two-sites

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
	go test -race -shuffle=on ./...

.PHONY: lint
lint: ## gofumpt, go vet, staticcheck
	test -z "$$(go run mvdan.cc/gofumpt@v0.12.0 -l .)"
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

.PHONY: examples
examples: ## regenerate the committed bundles, and what README and tests quote of them
	for n in $(NAMES); do go run ./cmd/lyncowa render "examples/$${n%/*}/topology.yaml" -o "examples/$$n-integrate" || exit; done
	go test ./cmd/lyncowa -run 'TestReadme|TestScript' -update

.PHONY: examples-check
examples-check: ## fail if a committed bundle is not what render writes
	for n in $(NAMES); do go run ./cmd/lyncowa render "examples/$${n%/*}/topology.yaml" -o "examples/$$n-integrate" --check || exit; done

.PHONY: fuzz
fuzz: ## fuzz the quoting and the loader for half a minute each
	.ci/fuzz 30s

.PHONY: bench
bench: ## how the cost grows with the number of pools
	go test -run '^$$' -bench . -benchmem ./internal/bundle

.PHONY: cross
cross: ## build for Windows, Linux and macOS
	.ci/cross
