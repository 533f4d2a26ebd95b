"""The shape of every kind of file as one JSON Schema, for editors. Pure."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from apps.library.source import schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"
# What a file of each kind holds: its definition, the item, whether it is a list of them.
FILES = (
    ("areas_file", "Area", True),
    ("topic_front_matter", "Topic", False),
    ("questions_file", "Question", True),
    ("exercise_file", "Exercise", False),
    ("project_file", "Project", False),
    ("reference_front_matter", "Reference", False),
    ("roadmap_file", "Roadmap", False),
)


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12). `$defs` has one definition for each kind of file, and
    those they are made of; a document is valid where it fits one of the files."""
    models = [getattr(schema, item) for _, item, _ in FILES]
    _, made = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/$defs/{model}"
    )
    definitions = dict(made["$defs"])
    for name, item, is_list in FILES:
        reference = {"$ref": f"#/$defs/{item}"}
        definitions[name] = {"type": "array", "items": reference} if is_list else reference
    return {
        "$schema": DRAFT,
        "title": "Files of a Studyplan content folder",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name, _, _ in FILES],
        "$defs": definitions,
    }
