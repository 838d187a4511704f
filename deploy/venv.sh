#!/bin/sh
# Make the virtual environment. Debian parts venv from Python: as root it is installed, otherwise said.
set -eu
python="$1" venv="$2"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Gaung membutuhkan Python 3.11 atau lebih baru; $python adalah $("$python" -V)." >&2
    exit 1
}
if ! "$python" -m venv "$venv" 2>/dev/null; then
    rm -rf "$venv"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
        "$python" -m venv "$venv"
    else
        echo "Modul venv belum terpasang. Pasang paket python3-venv, lalu ulangi." >&2
        exit 1
    fi
fi
