# make test is what CI runs; the rest is for people. GNU make, and Go as in go.mod.

VERSION ?= $(shell git describe --tags --dirty 2>/dev/null)
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null)
DATE    ?= $(shell git log -1 --format=%cI 2>/dev/null)
LDFLAGS  = -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT) -X main.date=$(DATE)
FUZZTIME ?= 60s
TARGETS  = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

.PHONY: site all build bundle test browser fmt vet lint fuzz bench accuracy docs cross release-check clean

all: build

build: ## the binary, stamped with its version
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o ftpkg ./cmd/ftpkg

bundle: ## the same, carrying a runtime: PYTHON=PATH, or the one that tests use
	@python='$(PYTHON)'; if [ -z "$$python" ]; then found=$$(scripts/test-python) || exit 1; eval "$$found"; python=$$FTPKG_TEST_PYTHON; fi; \
	go run ./scripts/bundle -python "$$python" -ldflags '$(LDFLAGS)' -o ftpkg

test: fmt vet ## everything CI checks
	@scripts/test-postgres >/dev/null
	@found=$$(scripts/test-python) || exit 1; set -a; eval "$$found"; set +a; \
	echo go test -race -timeout 40m ./...; go test -race -timeout 40m ./...
	@$(MAKE) --no-print-directory browser

browser: ## the tracker's site in a real browser; pictures and the site are kept in dist/browser, or in CI_ARTIFACTS
	scripts/test-browser "$(or $(CI_ARTIFACTS),dist)/browser"

fmt:
	@unformatted=$$(gofmt -l $$(git ls-files -co --exclude-standard '*.go')); \
	if [ -n "$$unformatted" ]; then echo "gofmt would change:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./...
	cd test/browser && go vet ./...

lint: ## golangci-lint, at the version tools/go.mod names
	go tool -modfile=tools/go.mod golangci-lint run

fuzz: ## every fuzz target for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME)

bench: ## the figures of docs/benchmarks.md, beside uv and pip if they are installed
	go test -run '^$$' -bench . -benchmem ./wheeltags/... ./resolver/...
	@found=$$(scripts/test-python) || exit 1; set -a; eval "$$found"; set +a; \
	echo go test -bench . ./probe/gilrun; go test -run '^$$' -bench . ./probe/gilrun; \
	echo go run ./scripts/bench-environment; go run ./scripts/bench-environment -python "$$FTPKG_TEST_PYTHON" -o docs/benchmarks.md; \
	if [ "$$(uname)" = Linux ]; then echo go run ./scripts/bench-probe; go run ./scripts/bench-probe -python "$$FTPKG_TEST_PYTHON"; fi; \
	echo go run ./scripts/bench-inspect; go run ./scripts/bench-inspect -python "$$FTPKG_TEST_PYTHON" -o docs/benchmarks.md
	go run ./scripts/bench
	go run ./scripts/bench-track
	scripts/test-postgres >/dev/null && go run ./scripts/bench-fleet

accuracy: ## docs/accuracy.md: what is read of modules against modules that are loaded; CACHE=DIR; downloads 4 GB once, takes an hour
	@found=$$(scripts/test-python) || exit 1; set -a; eval "$$found"; set +a; \
	python3 -B scripts/accuracy --python "$$FTPKG_TEST_PYTHON" --gil-python "$$FTPKG_TEST_GIL_PYTHON" $(if $(CACHE),--cache "$(CACHE)")

docs: ## rewrite golden files, generated pages and replayed console blocks
	go test ./internal/vocab ./internal/config ./cmd/ftpkg -update

site: ## the documentation as a site, in dist/site
	go run ./scripts/docs-site -o dist/site

cross: ## build for every platform a release has
	@for t in $(TARGETS); do \
		echo $$t; GOOS=$${t%/*} GOARCH=$${t#*/} CGO_ENABLED=0 go build -trimpath ./... || exit 1; \
	done

release-check: ## what can be known of a release before its tag: files, installs, configuration, the same bytes again
	@found=$$(scripts/test-python) || exit 1; set -a; eval "$$found"; set +a; \
	echo go test -timeout 40m ./scripts/wheels; go test -count=1 -timeout 40m ./scripts/wheels
	scripts/wheels/again

clean:
	rm -rf ftpkg dist
