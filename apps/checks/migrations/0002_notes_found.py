"""Notes on checks that were written before there was a search become findable."""

from django.db import migrations
from django.urls import reverse

from apps.library.search_text import fold


def index_notes(apps, _schema_editor):
    entries = apps.get_model("library", "SearchEntry")
    checks = apps.get_model("checks", "Check").objects.filter(deleted_at=None).exclude(note="")
    made = []
    for check in checks.iterator():
        title = f"Check of {check.day.day} {check.day:%B %Y}"
        made.append(
            entries(
                kind="note",
                key=str(check.pk),
                owner_id=check.user_id,
                place="Note on a check",
                address=reverse("checks:detail", args=[check.pk]),
                title=title,
                title_plain=fold(title),
                text=check.note[:20_000],
                text_plain=fold(check.note[:20_000]),
            )
        )
    entries.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("checks", "0001_initial"), ("library", "0002_library_content")]
    operations = [migrations.RunPython(index_notes, migrations.RunPython.noop)]
