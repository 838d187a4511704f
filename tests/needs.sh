#!/bin/sh
# What the tests need of the machine: PostgreSQL, Chromium, and faketime for clocks that are wrong. As root on Debian they are installed, otherwise said.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="postgresql"
command -v chromium >/dev/null || missing="$missing chromium"
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || missing="$missing faketime"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Memasang$missing …"
    apt-get update -qq
    # the private server of the tests is enough: no cluster of the machine is made or started
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
elif [ "$(echo $missing)" = faketime ]; then
    exit 0  # what needs it is skipped, and says so
else
    echo "Untuk menguji dibutuhkan: $missing. Pasanglah dahulu, atau jalankan make test sebagai root di Debian." >&2
    exit 1
fi
