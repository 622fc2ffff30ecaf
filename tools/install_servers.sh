#!/bin/sh
# Installs the Debian packages that the tests talk to, when they are missing and we may: PostgreSQL, Postfix for
# its test client and test server, and ClamAV's daemon. Quiet, and harmless when repeated.
set -eu

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT

has_postgresql() { ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; }
has_clamd() { [ -x /usr/sbin/clamd ]; }
has_postfix() { [ -x /usr/sbin/smtp-source ] && [ -x /usr/sbin/smtp-sink ]; }

missing=""
has_postgresql || missing="$missing postgresql"
has_postfix || missing="$missing postfix"
has_clamd || missing="$missing clamav-daemon"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Missing:$missing. Run 'apt-get install$missing' as root; the tests that need them are skipped until then." >&2
    exit 0
fi

# No PostgreSQL cluster of its own: the tests start servers in temporary folders.
mkdir -p /etc/postgresql-common
[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf

# shellcheck disable=SC2086  # a list of names
install_them() { apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1; }
if ! install_them; then
    apt-get update -qq >"$log" 2>&1 && install_them || {
        cat "$log" >&2
        echo "Could not be installed:$missing." >&2
        exit 1
    }
fi
