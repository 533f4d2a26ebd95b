#!/bin/sh
# Finds a Python 3.11 or newer and runs the given script with it: scripts/python.sh scripts/setup.py run
# PYTHON=/path/to/python decides it; else the first of the names below that is new enough and can make
# virtual environments, else the first that is new enough, else the first there is (which says it is too old).
if [ -n "$PYTHON" ]; then
    if ! command -v "$PYTHON" >/dev/null 2>&1; then
        echo "studyplan: PYTHON=$PYTHON is not there; name a Python 3.11 or newer." >&2
        exit 2
    fi
    exec "$PYTHON" "$@"
fi
for check in \
    "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))" \
    "import sys; sys.exit(sys.version_info < (3, 11))" \
    "pass"; do
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c "$check" >/dev/null 2>&1; then
            exec "$name" "$@"
        fi
    done
done
echo "studyplan: no Python found; install Python 3.11 or newer (on Debian: apt-get install python3 python3-venv)." >&2
exit 2
