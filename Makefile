# Duly. Each target installs what it needs, says what it does, and fails with
# one clear sentence. `make` alone lists them.

PORT  ?= 8700
STATE ?= .duly
SEED  ?= 42
STAGE ?= prod
MOCK  ?= 5057
# CDK's Node runtime warns about every version but its newest; ours is pinned.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = 20
export PORT STATE SEED STAGE

FUNCTIONS := order-webhook stripe-webhook slack portal api web feedback outbox dunning reconcile digest

.PHONY: help run test demo build synth diff deploy deploy-check mock nag uninstall parity sbom reproducible vuln stripe-check sim bench fuzz lint need-go need-node

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: need-go ## play 75 days of business on the embedded default; files in out/
	@go run ./infra/duly run --seed $(SEED)

demo: need-go ## the same stack, stays up, clickable
	@go run ./infra/duly demo --port $(PORT) --state $(STATE) --seed $(SEED)

test: need-go need-node ## everything that matters; what CI runs
	@go vet ./...
	@go test ./...

build: need-go ## every function as an arm64 binary in build/, with the house's duly.yaml, checked and packed
	@mkdir -p build && go run ./infra/pack > build/duly.yaml.packed
	@for f in $(FUNCTIONS); do \
	  CGO_ENABLED=0 GOOS=linux GOARCH=arm64 go build -trimpath -buildvcs=false -tags lambda.norpc,nethttpomithttp2 -gcflags=all=-l -ldflags="-s -w" -o build/$$f/bootstrap ./functions/$$f || exit 1; \
	  cp build/duly.yaml.packed build/$$f/duly.yaml.packed; rm -f build/$$f/duly.yaml; \
	  bytes=$$(stat -c %s build/$$f/bootstrap); \
	  printf '%-16s %5.1f MB\n' $$f $$(echo $$bytes | awk '{print $$1/1000000}'); \
	  [ $$bytes -le 15000000 ] || { echo "The function $$f is larger than 15 MB: see what it links (go list -deps ./functions/$$f; html/template alone keeps every method of every SDK), take it out, then run this again."; exit 1; }; \
	done

synth: need-go need-node ## the CloudFormation template, without an account, in cdk.out/
	@CDK_OUTDIR=cdk.out go run ./infra && ls cdk.out/*.template.json

diff: need-go need-node ## what a deployment of this commit would change in your account; SET="--set Name=value" at the first
	@go run ./infra/duly deploy --diff $(SET)

deploy: need-go need-node ## bring this commit into your AWS account, after a look at what it changes
	@go run ./infra/duly deploy $(SET)

deploy-check: synth ## deploy the template into a local mock of AWS (moto), where one is installed, and compare resources and wiring
	@command -v python3 >/dev/null || { echo "SKIPPED: there is no Python here, which the mock needs; nothing was deployed."; exit 0; }; \
	  python3 infra/deploycheck.py cdk.out/duly-$(STAGE).template.json

mock: ## an account to try make deploy and duly go-live in, of moto, at MOCK=5057, until Ctrl-C
	@command -v python3 >/dev/null || { echo "There is no Python here, which the mock needs. Install Python 3 and: pip install 'moto[all]', then run this again."; exit 1; }; \
	  python3 infra/deploycheck.py --serve $(MOCK)

uninstall: need-go ## take the deployment away; what the law keeps stays
	@go run ./infra/duly deploy --uninstall

nag: synth ## cdk-nag and cfn-lint over the template
	@npm --prefix infra ci --no-audit --no-fund --silent && node infra/nag.cjs cdk.out/duly-$(STAGE).template.json
	@command -v cfn-lint >/dev/null || { echo "SKIPPED: cfn-lint is not installed; the template was not held against CloudFormation's schemas."; exit 0; }; \
	  cfn-lint --ignore-checks W3005 W8003 -- cdk.out/duly-$(STAGE).template.json && echo "cfn-lint: nothing found" # W3005: CDK writes dependencies down twice; W8003: the rule Built is meant never to hold for a template without functions

parity: need-go ## every function compiled for this machine against its handler: the same events, replies and table
	@for f in $(FUNCTIONS); do \
	  CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags lambda.norpc,nethttpomithttp2 -ldflags="-s -w" -o build/here/$$f/bootstrap ./functions/$$f || exit 1; \
	done; CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags lambda.norpc,nethttpomithttp2 -ldflags="-s -w" -o build/here/bare/bootstrap ./infra/local/parity/bare
	@go run ./infra/duly parity

sbom: build ## the bill of materials of every function, build/sbom.cdx.json
	@go run ./infra/duly sbom build/*/bootstrap > build/sbom.cdx.json && echo build/sbom.cdx.json

reproducible: build ## build every function again with an empty cache, and compare
	@sha256sum build/*/bootstrap > build/first.sha256; cache=$$(mktemp -d); \
	  GOCACHE=$$cache $(MAKE) --no-print-directory build >/dev/null && sha256sum --quiet -c build/first.sha256 && echo "the same, byte for byte"; \
	  code=$$?; rm -rf $$cache; exit $$code

VULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4
vuln: need-go ## known vulnerabilities in what is linked; says so when their database cannot be reached
	@said=$$(go run $(VULNCHECK) ./... 2>&1); code=$$?; echo "$$said"; \
	  if [ $$code -ne 0 ] && echo "$$said" | grep -qiE "vuln.go.dev|dial tcp|no such host|403 Forbidden|fetching vulnerabilities"; then \
	    echo "SKIPPED: the vulnerability database (vuln.go.dev) cannot be reached from here; nothing was checked."; exit 0; \
	  fi; exit $$code

STRIPEMOCK := github.com/stripe/stripe-mock@v0.203.0
stripe-check: need-go ## every request of ours to Stripe against Stripe's own mock, which is fetched; its verdicts are kept
	@at=$$(mktemp -d); GOFLAGS= GOBIN=$$at go install $(STRIPEMOCK) || { echo "SKIPPED: $(STRIPEMOCK) cannot be fetched from here; nothing was asked."; exit 0; }; \
	  $$at/stripe-mock -http-addr 127.0.0.1:12111 -https-addr 127.0.0.1:12112 >$$at/log 2>&1 & pid=$$!; \
	  for i in 1 2 3 4 5 6 7 8 9 10; do grep -q Listening $$at/log && break; sleep 0.5; done; \
	  go test ./shared/pay -count=1 -run StripesOwnMock -stripe-mock http://127.0.0.1:12111 -update; code=$$?; kill $$pid; rm -rf $$at; exit $$code

sim: need-go ## the simulation, longer: SEEDS=n lifecycles' seeds
	@go test ./shared/testkit/sim -count=1 -timeout 60m -run Sim -seeds $${SEEDS:-2000} -v

bench: need-go ## the benchmarks
	@go test ./... -run '^$$' -bench . -benchmem

fuzz: need-go ## every fuzz target for FUZZTIME (30s)
	@grep -rlE '^func Fuzz' --include='*_test.go' . | while read -r file; do \
	  dir=$$(dirname $$file); \
	  grep -oE '^func Fuzz[A-Za-z0-9_]+' $$file | sed 's/func //' | while read -r target; do \
	    echo "$$dir $$target"; go test $$dir -run '^$$' -fuzz "^$$target$$" -fuzztime $${FUZZTIME:-30s} || exit 1; \
	  done || exit 1; \
	done

lint: need-go ## golangci-lint, at the pinned version
	@go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run

need-go:
	@command -v go >/dev/null || { echo "Go is not installed. Install Go 1.26 or newer, then run this again."; exit 1; }

need-node:
	@command -v node >/dev/null || { echo "Node is not installed; CDK needs it. Install Node 20 or newer, then run this again."; exit 1; }
