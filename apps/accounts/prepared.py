"""Queries whose SQL is made once: for the pages that are asked for most.

Making SQL from a queryset takes longer than most queries of such a page take to run. A `Prepared`
is written as a queryset, with a `Param` wherever a value will stand:

    _OPEN = Prepared(lambda: Task.objects.filter(plan=Param("plan")).values_list("pk"))
    rows = _OPEN(plan=plan.pk)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import DateField, Expression, Field, QuerySet, UUIDField

Row = tuple[Any, ...]
Converters = dict[int, tuple[list[Callable[..., Any]], Expression]]


class Param(Expression):
    """A value that is given when the query runs: an id, unless another `field` says what it is.

    It is never None: that is another query, with IS NULL.
    """

    def __init__(self, name: str, field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=field or UUIDField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Param]]:  # type: ignore[override] # Expression's wider signature
        """Stand among the parameters in place of the value."""
        return "%s", [self]


def day(name: str) -> Param:
    """Return a Param for a date."""
    return Param(name, DateField())


class Prepared:
    """A queryset of `values_list`, compiled at its first run, once for each kind of database."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self.make = make
        self.kept: dict[str, tuple[str, list[Any], Converters]] = {}

    def __call__(self, **values: Any) -> list[Row]:
        """Return the rows as the queryset would. One query. KeyError for a value not given."""
        if connection.vendor not in self.kept:
            self.kept[connection.vendor] = self._compile()
        sql, params, converters = self.kept[connection.vendor]
        given = [
            each.output_field.get_db_prep_value(values[each.name], connection)
            if isinstance(each, Param)
            else each
            for each in params
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows: list[Row] = cursor.fetchall()
        return _converted(rows, converters) if converters else rows

    def _compile(self) -> tuple[str, list[Any], Converters]:
        compiler = self.make().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return sql, list(params), compiler.get_converters([each for each, *_ in compiler.select])


def _converted(rows: list[Row], converters: Converters) -> list[Row]:
    found = [list(row) for row in rows]
    for place, (steps, expression) in converters.items():
        for row in found:
            for step in steps:
                row[place] = step(row[place], expression, connection)
    return [tuple(row) for row in found]
