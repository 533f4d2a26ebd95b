"""The table in which rate limits count, so that no separate set-up step can be forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.db import migrations


def make_cache_table(_apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = (("accounts", "0001_initial"),)

    operations = (migrations.RunPython(make_cache_table, migrations.RunPython.noop),)
