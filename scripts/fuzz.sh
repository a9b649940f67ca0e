#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one after the other.
# usage: scripts/fuzz.sh [TIME [PACKAGE...]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
time=${1:-60s}
shift || true
packages=("${@:-./...}")

failed=()
while read -r package; do
    while read -r target; do
        echo "== $package $target"
        go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" || failed+=("$package $target")
    done < <(go test "$package" -list '^Fuzz' | grep '^Fuzz' || true)
done < <(go list "${packages[@]}")

if ((${#failed[@]})); then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
