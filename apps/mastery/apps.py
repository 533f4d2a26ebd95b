from __future__ import annotations

from django.apps import AppConfig


class MasteryConfig(AppConfig):
    name = "apps.mastery"
