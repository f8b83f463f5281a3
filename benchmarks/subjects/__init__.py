"""The generators that are compared: one module each, listed here."""

from __future__ import annotations

from benchmarks.subjects.base import Subject, SubjectError
from benchmarks.subjects.blogtools import Blogtools
from benchmarks.subjects.hugo import Hugo
from benchmarks.subjects.material import Material
from benchmarks.subjects.venv import Venv
from benchmarks.subjects.zensical import Zensical

__all__ = ["NAMES", "REFERENCE", "Subject", "SubjectError", "Venv", "all_subjects"]

# The one whose figures the others are divided by.
REFERENCE = Blogtools.name

NAMES = (Blogtools.name, Hugo.name, Zensical.name, Material.name)


def all_subjects(peers: Venv, own: Venv) -> tuple[Subject, ...]:
    """List every subject, in the order in which a round builds them.

    Args:
        peers: Where the peers are installed.
        own: Where blogtools is installed.

    Returns:
        The subjects.
    """
    return (Blogtools(own), Hugo(peers), Zensical(peers), Material(peers))
