#!/usr/bin/env bash
# The action's first step: puts ftpkg into $RUNNER_TEMP/ftpkg, and on PATH.
#
# A program that is given is taken as it is. A version is installed from Python's
# index: the one that is asked for, or the one whose tag the action was called by.
# Otherwise, as for a commit or a branch, the steps after this one build the program of
# just that commit, with Go.
set -euo pipefail

dir=$RUNNER_TEMP/ftpkg
mkdir -p "$dir"
echo "$dir" >> "$GITHUB_PATH"

if [[ -n $INPUT_BINARY ]]; then
    if [[ ! -f $INPUT_BINARY ]]; then
        echo "::error title=ftpkg::the input binary names $INPUT_BINARY, which is not there"
        exit 2
    fi
    name=ftpkg
    [[ $INPUT_BINARY != *.exe ]] || name=ftpkg.exe
    cp "$INPUT_BINARY" "$dir/$name"
    chmod +x "$dir/$name"
    exit
fi

version=$INPUT_VERSION
if [[ -z $version && $ACTION_REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
    version=${ACTION_REF#v}
fi
if [[ -z $version ]]; then
    echo "source=true" >> "$GITHUB_OUTPUT"
    exit
fi
case $version in
latest) wanted=ftpkg ;;
*[!0-9A-Za-z.+-]*)
    echo "::error title=ftpkg::the input version is no version: $version"
    exit 2
    ;;
*) wanted=ftpkg==$version ;;
esac

venv=$RUNNER_TEMP/ftpkg-venv
if command -v uv > /dev/null; then
    uv venv --quiet --clear "$venv"
    uv pip install --quiet --python "$venv" --only-binary ftpkg "$wanted" # UV_PYTHON may name another
else
    python=python3
    command -v python3 > /dev/null || python=python
    "$python" -m venv --clear "$venv"
    bin=$venv/bin
    [[ -d $bin ]] || bin=$venv/Scripts # on Windows
    "$bin/python" -m pip install --quiet --disable-pip-version-check --only-binary ftpkg "$wanted"
fi
for program in "$venv"/bin/ftpkg "$venv"/Scripts/ftpkg.exe; do
    [[ ! -f $program ]] || cp "$program" "$dir/"
done
