#!/bin/sh
# Makes the virtual environment .venv and installs Lazaretto into it.
#
#   tools/bootstrap.sh run    what the program needs
#   tools/bootstrap.sh dev    that and what tests and linters need
#   tools/bootstrap.sh fuzz   that and the fuzzer
#
# A stamp in .venv remembers what was installed for which pyproject.toml: a second call does nothing and needs
# no network.
set -eu
cd "$(dirname "$0")/.."

kind="${1:-run}"
stamp=".venv/.installed-$kind"
wanted="$(cksum < pyproject.toml)"

python_3_11() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" > /dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Lazaretto needs Python 3.11 or newer: install it (on Debian: apt-get install python3)." >&2
    exit 1
}

usable() {
    .venv/bin/python -m pip --version > /dev/null 2>&1
}

make_venv() {
    usable && return
    python="$(python_3_11)"
    "$python" -m venv --clear .venv > /dev/null 2>&1 && usable && return
    # Debian keeps ensurepip in a package of its own.
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        apt-get update -qq && {
            apt-get install -y -qq "python$version-venv" || apt-get install -y -qq python3-venv
        }
        "$python" -m venv --clear .venv && usable && return
    fi
    "$python" -m pip install --quiet --user virtualenv && "$python" -m virtualenv --clear .venv && usable && return
    echo "No virtual environment can be made: install python3-venv and try again." >&2
    exit 1
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
    exit 0
fi

make_venv
case "$kind" in
    run) what="." ;;
    dev) what=".[dev]" ;;
    fuzz) what=".[dev,fuzz]" ;;
    *)
        echo "usage: tools/bootstrap.sh run|dev|fuzz" >&2
        exit 2
        ;;
esac
echo "installing into .venv ($kind) ..."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --editable "$what"
echo "$wanted" > "$stamp"
if [ "$kind" != run ]; then
    echo "$wanted" > .venv/.installed-run
    echo "$wanted" > .venv/.installed-dev
fi
