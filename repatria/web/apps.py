"""The pages as one application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class Pages(AppConfig):
    name = "repatria.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
