"""After any sequence of edits, an incremental build gives what a clean one gives, byte for byte.

``make test`` plays the same few histories each time. For a long run with others, shrunk to the
shortest when one fails:

    BLOGTOOLS_ORACLE_EXAMPLES=200 pytest tests/incremental/test_oracle.py
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

from .machine import Incremental

EXAMPLES = int(os.environ.get("BLOGTOOLS_ORACLE_EXAMPLES", "0"))

TestIncremental = pytest.mark.usefixtures("known_references")(Incremental.TestCase)
TestIncremental.settings = settings(
    # The first history is the plainest that there is: little more than a build.
    max_examples=EXAMPLES or 3,
    stateful_step_count=40 if EXAMPLES else 14,
    deadline=None,
    # The same histories each time: a failure in CI is to mean a change, not bad luck.
    derandomize=not EXAMPLES,
    # Shrinking builds hundreds of times: for long runs alone. The history is printed anyway.
    phases=(Phase.reuse, Phase.generate, *((Phase.shrink,) if EXAMPLES else ())),
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
    print_blob=True,
)
