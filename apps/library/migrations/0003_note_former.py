"""What a note held before it was emptied, for Undo."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0002_library_content")]

    operations = [
        migrations.AddField(
            model_name="topicnote",
            name="former",
            field=models.TextField(blank=True, default="", editable=False),
        ),
    ]
