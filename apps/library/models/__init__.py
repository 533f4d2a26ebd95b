"""Curated content, and what a learner adds to it."""

from apps.library.models.pages import Reference, SearchEntry, Star, TopicNote
from apps.library.models.practice import (
    CHECK_KINDS,
    Exercise,
    ProjectIdea,
    Question,
    QuestionKind,
)
from apps.library.models.roadmaps import (
    Priority,
    Roadmap,
    RoadmapDay,
    RoadmapTask,
    RoadmapWeek,
    Session,
    TaskKind,
)
from apps.library.models.topics import OURS, WEIGHT, Alias, Area, Category, Curated, Topic

__all__ = [
    "CHECK_KINDS",
    "OURS",
    "WEIGHT",
    "Alias",
    "Area",
    "Category",
    "Curated",
    "Exercise",
    "Priority",
    "ProjectIdea",
    "Question",
    "QuestionKind",
    "Reference",
    "Roadmap",
    "RoadmapDay",
    "RoadmapTask",
    "RoadmapWeek",
    "SearchEntry",
    "Session",
    "Star",
    "TaskKind",
    "Topic",
    "TopicNote",
]
