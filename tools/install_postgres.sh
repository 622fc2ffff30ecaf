#!/bin/sh
# Installs Debian's PostgreSQL for the tests when it is missing and we may. Quiet, and harmless when repeated.
set -eu

if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "PostgreSQL is missing: run 'apt-get install postgresql' as root. Its tests are skipped until then." >&2
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
# No cluster of its own: the tests start servers in temporary folders.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf

log=$(mktemp)
trap 'rm -f "$log"' EXIT
install_it() { apt-get install -y -qq --no-install-recommends postgresql >"$log" 2>&1; }
if ! install_it; then
    apt-get update -qq >"$log" 2>&1 && install_it || {
        cat "$log" >&2
        echo "PostgreSQL could not be installed." >&2
        exit 1
    }
fi
