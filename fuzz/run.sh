#!/usr/bin/env bash
# Throws mutated files at atelier: fuzz/run.sh [SECONDS] [TARGET…]; needs cargo-fuzz (cargo install cargo-fuzz) and Linux or macOS.
# Seeds are the shipped blueprints, the test cases with what is wrong in them, and the library of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(parse validate render round_trip library lab)

# coverage is a feature of nightly compilers; this lets the stable one have it
export RUSTC_BOOTSTRAP=1
# atelier forbids unsafe code, so an address sanitizer would mostly cost time: SANITIZER=address looks at the dependencies
sanitizer=${SANITIZER:-none}
corpora=${FUZZ_CORPORA:-target/fuzz-corpora}
for target in "${targets[@]}"; do
    seeds=$corpora/$target
    mkdir -p "$seeds"
    case $target in
    library)
        for schema in tests/own-library/schemas/*/*.json; do
            name=$(basename "$schema" .schema.json)
            {
                cat "$schema"
                echo '---8<---'
                cat tests/own-library/templates/*/"$name".yaml.j2
                echo '---8<---'
                echo '    tries: 5'
            } >"$seeds/$name"
        done
        ;;
    round_trip) printf '%s' "\${AWS::Region} {{ x }} \"'\\" >"$seeds/hostile" ;;
    *)
        number=0
        while IFS= read -r -d '' file; do
            number=$((number + 1))
            cp "$file" "$seeds/seed-$number"
        done < <(find blueprints labs tests/cases -name '*.yaml' -size -24k -print0)
        ;;
    esac
    # a hang is 10 s, and memory may not pass 512 MB
    cargo fuzz run --release --sanitizer "$sanitizer" "$target" "$seeds" -- -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 \
        -max_len=8192 -dict=fuzz/blueprint.dict -print_final_stats=1
done
