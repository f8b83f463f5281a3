"""A share of the essays, converted by itself; see `shards`."""

from __future__ import annotations

from collections.abc import Callable

from blogtools.build.memory import Memory
from blogtools.build.workers import worker_count
from blogtools.model.project import Project

from .converting import Conversions, job_of
from .naming import read_inventories, symbol_names
from .ports import CompanionSymbols, Progress
from .reading import read
from .results import Results


def convert_some(
    project: Project,
    companions: CompanionSymbols,
    wanted: Callable[[str], bool],
    memory: Memory,
    progress: Progress,
) -> tuple[int, int]:
    """Convert those essays that are wanted; return how many those are, and how many there are."""
    workers = worker_count(project.options.workers)
    visible = read(project, memory, workers).visible
    chosen = [entry for entry in visible if wanted(entry.path)]
    results = Results(project, memory, chosen)
    jobs = [job_of(entry, results) for entry in chosen]
    elsewhere, _ = read_inventories(project, memory)
    names = symbol_names(project, companions, elsewhere)
    convert = Conversions(project, names, memory)
    convert(jobs, workers, progress)
    return len(jobs), len(visible)
