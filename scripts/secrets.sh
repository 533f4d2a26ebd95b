#!/bin/sh
# Makes the secrets of a container set-up that are not there yet; each is random and stays in the volume.
set -eu
umask 077
folder=${SECRETS_DIR:-/secrets}

make_secret() {
    if [ ! -s "$folder/$1" ]; then
        python -c 'import secrets; print(secrets.token_urlsafe(64), end="")' >"$folder/.$1"
        mv "$folder/.$1" "$folder/$1"
    fi
}

make_secret secret-key
make_secret database-password
# The form that PostgreSQL's own library reads (PGPASSFILE); the password stays out of every address.
printf 'db:5432:*:studyplan:%s\n' "$(cat "$folder/database-password")" >"$folder/.pgpass"
mv "$folder/.pgpass" "$folder/pgpass"
