"""What the admin pages of all apps share: counts in one query, pages that only show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


def count_of(rows: QuerySet[Any], key: str) -> Coalesce:
    """Return an annotation: how many of `rows` point at this row through their field `key`."""
    counted = rows.order_by().filter(**{key: OuterRef("pk")}).values(key)
    return Coalesce(
        Subquery(counted.annotate(n=Count("*")).values("n"), output_field=IntegerField()),
        Value(0),
    )


class ShownOnlyAdmin(AnyAdmin):
    """A page to look things up. Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PrivateAdmin(ShownOnlyAdmin):
    """Rows of learners: only the named columns, also in addresses.

    Django would answer `?note__startswith=A` on any page; here only filters that are listed work.
    """

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup.split("__")[0] in {str(name) for name in self.list_filter}
