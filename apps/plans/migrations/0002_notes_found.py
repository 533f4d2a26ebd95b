"""Notes on tasks and days that were written before there was a search become findable."""

from django.db import migrations
from django.urls import reverse

from apps.library.search_text import fold


def index_notes(apps, _schema_editor):
    entries = apps.get_model("library", "SearchEntry")
    task_model = apps.get_model("plans", "Task")
    log_model = apps.get_model("plans", "DayLog")
    made = []
    for task in task_model.objects.exclude(note="").select_related("plan").iterator():
        address = reverse("plans:task", args=[task.pk])
        made.append(
            entry(
                entries,
                task.pk,
                task.plan.owner_id,
                task.title,
                "Note on a task",
                address,
                task.note,
            )
        )
    for log in log_model.objects.exclude(learned="", result="").iterator():
        title = f"{log.day:%A} {log.day.day} {log.day:%B %Y}"
        address = reverse("plans:week", args=[log.day.isoformat()])
        text = "\n".join(part for part in (log.learned, log.result) if part)
        made.append(entry(entries, log.pk, log.user_id, title, "What you learned", address, text))
    entries.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)


def entry(entries, key, owner, title, place, address, text):
    return entries(
        kind="note",
        key=str(key),
        owner_id=owner,
        place=place,
        address=address,
        title=title[:300],
        title_plain=fold(title)[:300],
        text=text[:20_000],
        text_plain=fold(text[:20_000]),
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("library", "0002_library_content")]
    operations = [migrations.RunPython(index_notes, migrations.RunPython.noop)]
