#!/usr/bin/env bash
# The action's last step: runs one command of ftpkg with the inputs that are its own.
# An input that the command has not is refused, since a gate that looks past what it
# was told is none. It runs on bash 3.2 too, which macOS has.
set -euo pipefail

ftpkg=$RUNNER_TEMP/ftpkg/ftpkg
words=$INPUT_COMMAND

# Inputs that become the flag of the same name, by the variable that ftpkg reads.
flags=
# Inputs that become arguments.
arguments=
# Whether the answer goes to the job's summary, in Markdown.
summary=
case $INPUT_COMMAND in
setup)
    "$ftpkg" version
    ;;
check)
    flags="select ignore against expect format output"
    arguments=paths
    ;;
lint)
    words="matrix lint"
    flags="select ignore format output"
    arguments=paths
    ;;
ready)
    flags="requirements python platform only-binary entry baseline format output"
    arguments=paths
    summary=yes
    ;;
resolve)
    flags="requirements python platform only-binary baseline diff format output"
    summary=yes
    ;;
gap)
    words="matrix gap"
    flags="plan python platform format output"
    arguments=project
    summary=yes
    ;;
publish)
    flags="store github branch issues title url notes"
    arguments=directory
    ;;
*)
    echo "::error title=ftpkg::the input command is check, lint, ready, resolve, gap, publish or setup, not $INPUT_COMMAND"
    exit 2
    ;;
esac

for name in paths requirements project directory select ignore against expect python platform only-binary entry baseline diff plan store github branch issues title url notes format output; do
    variable=$(printf %s "$name" | tr 'a-z-' 'A-Z_')
    input=INPUT_$variable
    value=${!input-}
    [[ -n $value ]] || continue
    case " $flags $arguments " in
    *" $name "*) ;;
    *)
        echo "::error title=ftpkg::the input $name is not one of the command $INPUT_COMMAND"
        exit 2
        ;;
    esac
    [[ " $arguments " == *" $name "* ]] || export "FTPKG_$variable=$value"
done
[[ $INPUT_COMMAND != setup ]] || exit 0

case $INPUT_COMMAND in
check | lint) export FTPKG_FORMAT=${FTPKG_FORMAT:-github} ;;
publish) export GITHUB_TOKEN=$INPUT_TOKEN ;;
esac
if [[ $INPUT_COMMAND == check && -z $INPUT_PATHS ]]; then
    INPUT_PATHS=dist
fi
if [[ -n $summary && (-n ${FTPKG_FORMAT-} || -n ${FTPKG_OUTPUT-}) ]]; then
    summary= # the answer is wanted elsewhere
fi
if [[ -n $summary ]]; then
    report=$RUNNER_TEMP/ftpkg/report.md
    rm -f "$report"
    export FTPKG_FORMAT=markdown FTPKG_OUTPUT=$report
fi

# The words of the command and of the paths are words on purpose, wildcards of paths
# are expanded. A project and a directory are one word each.
status=0
# shellcheck disable=SC2086
case $arguments in
paths) "$ftpkg" $words -- $INPUT_PATHS || status=$? ;;
project) "$ftpkg" $words -- "$INPUT_PROJECT" || status=$? ;;
directory) "$ftpkg" $words ${INPUT_DIRECTORY:+"$INPUT_DIRECTORY"} || status=$? ;;
*) "$ftpkg" $words || status=$? ;;
esac
if [[ -n $summary && -f $report ]]; then
    cat "$report"
    cat "$report" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$status"
