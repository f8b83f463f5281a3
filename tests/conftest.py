"""Fixtures that several folders of tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.browser"]

# How long an example takes says something of the machine, and nothing of the promise.
settings.register_profile("blogtools", deadline=None)
settings.load_profile("blogtools")
