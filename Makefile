# The verbs of this repository; each is one line that can be typed without make.
CARGO_FLAGS = --ignore-rust-version

.PHONY: build test fast lint fmt render check bench measure docs ci clean

build: ; cargo build --release $(CARGO_FLAGS)
test: ; cargo test $(CARGO_FLAGS)
# the inner loop: without AWS's validator and cfn-lint
fast: ; cargo test --no-default-features $(CARGO_FLAGS) -- --skip cfn_lint
lint: ; cargo clippy --all-targets $(CARGO_FLAGS) -- -D warnings
fmt: ; cargo fmt --all
render: ; cargo run $(CARGO_FLAGS) -- render
check: ; cargo run $(CARGO_FLAGS) -- render --check
bench: ; cargo bench $(CARGO_FLAGS)
measure: build ; python3 scripts/measure.py
# the editors' schema, the pages of codes and component types, and out/
docs: ; UPDATE=1 cargo test --no-default-features $(CARGO_FLAGS) --test library --test faults generated
ci: ; .ci/run
clean: ; cargo clean
