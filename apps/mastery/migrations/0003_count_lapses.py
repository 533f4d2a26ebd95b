from itertools import groupby

from django.db import migrations

MOVES_CARD = ("check", "exercise", "mock")
FAILED = 60  # at most, the day's mean rounded, halves up
BATCH = 500


def count_lapses(apps, _schema_editor):
    """Count the days on which each topic failed, from the evidence that moves its card.

    Cards from before the column would otherwise say 0 until they are replayed.
    """
    evidence = apps.get_model("mastery", "Evidence").objects
    cards = apps.get_model("mastery", "Card").objects
    rows = (
        evidence.filter(source__in=MOVES_CARD, retracted_at=None)
        .order_by("user_id", "topic_id", "day")
        .values_list("user_id", "topic_id", "day", "score")
    )
    lapses = {}
    for (user, topic, _), day in groupby(rows.iterator(BATCH), key=lambda row: row[:3]):
        scores = [score for *_, score in day]
        mean = (2 * sum(scores) + len(scores)) // (2 * len(scores))
        if mean <= FAILED:
            lapses[user, topic] = lapses.get((user, topic), 0) + 1
    changed = []
    for card in cards.only("user_id", "topic_id", "lapses").iterator(BATCH):
        failed = lapses.get((card.user_id, card.topic_id), 0)
        if card.lapses != failed:
            card.lapses = failed
            changed.append(card)
    cards.bulk_update(changed, ["lapses"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("mastery", "0002_card_lapses"),
    ]

    operations = [
        migrations.RunPython(count_lapses, migrations.RunPython.noop),
    ]
