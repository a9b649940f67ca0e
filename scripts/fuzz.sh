#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one after the other, and says at
# the end how many inputs each was given.
# usage: scripts/fuzz.sh [TIME [PACKAGE...]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
time=${1:-60s}
shift || true
packages=("${@:-./...}")

log=$(mktemp)
trap 'rm -f "$log"' EXIT
ran=() failed=()
while read -r package; do
    while read -r target; do
        echo "== $package $target"
        # An input that reaches new code is made smaller for up to a minute unless told
        # otherwise, for which the time of the whole target goes away on slow ones.
        go test "$package" -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x 2>&1 | tee "$log" || failed+=("$package $target")
        ran+=("$(sed -n 's/^fuzz: elapsed: \([^,]*\), execs: \([0-9]*\) .*/\2 inputs in \1/p' "$log" | tail -n 1): $package $target")
    done < <(go test "$package" -list '^Fuzz' | grep '^Fuzz' || true)
done < <(go list "${packages[@]}")

((${#ran[@]} == 0)) || printf '%s\n' "${ran[@]}"
if ((${#failed[@]})); then
    printf 'failed: %s\n' "${failed[@]}"
    exit 1
fi
