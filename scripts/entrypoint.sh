#!/bin/sh
# Start of the web container: secrets, database and content first, then the server in this process's place.
# The demo learner is never made here.
set -eu

if [ -z "${SECRET_KEY:-}" ]; then
    export SECRET_KEY_FILE="${SECRET_KEY_FILE:-${SECRETS_DIR:-/secrets}/secret-key}"
    if [ ! -s "$SECRET_KEY_FILE" ]; then
        "$(dirname "$0")/secrets.sh"
    fi
fi

python manage.py migrate --no-input --verbosity 1
python manage.py load_content

exec "$@"
