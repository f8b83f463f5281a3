"""Progress: silent while it is quick, a bar where someone looks, single lines in a log."""

from __future__ import annotations

from io import StringIO

import pytest

from blogtools.report.meter import Meter


class Clock:
    """Tells the seconds that the test says it is."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def steps(meter: Meter, *phases: str) -> None:
    """Report ten steps of each phase."""
    for phase in phases:
        for done in range(10):
            meter(phase, done, 10)


def failing_build(meter: Meter, clock: Clock) -> None:
    """Fail while the bar is shown."""
    with meter:
        clock.now += 2
        steps(meter, "Reading")
        raise LookupError("the build's own")


@pytest.mark.parametrize("kind", [StringIO, Terminal])
def test_work_that_takes_less_than_a_second_says_nothing(
    clock: Clock, kind: type[StringIO]
) -> None:
    stream = kind()
    with Meter(stream, clock) as meter:
        clock.now += 0.99
        steps(meter, "Reading", "Writing pages")
    assert stream.getvalue() == ""


def test_a_log_gets_one_line_a_phase(clock: Clock) -> None:
    log = StringIO()
    with Meter(log, clock) as meter:
        clock.now += 2
        steps(meter, "Converting essays", "Writing pages")
    assert log.getvalue() == "Converting essays (10) ...\nWriting pages (10) ...\n"


def test_a_phase_without_a_known_end_has_no_number(clock: Clock) -> None:
    log = StringIO()
    with Meter(log, clock) as meter:
        clock.now += 2
        meter("Reading", 0, 0)
    assert log.getvalue() == "Reading ...\n"


def test_a_phase_that_began_in_the_first_second_is_named_once_that_is_over(clock: Clock) -> None:
    log = StringIO()
    with Meter(log, clock) as meter:
        for done in range(10):
            meter("Writing pages", done, 10)
            clock.now += 0.3
    assert log.getvalue() == "Writing pages (10) ...\n"


def test_a_terminal_sees_a_bar_that_is_gone_at_the_end(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with Meter(terminal, clock) as meter:
        clock.now += 2
        steps(meter, "Converting essays", "Writing pages")
    assert "Writing pages" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


def test_a_failure_passes_through_and_clears_the_bar(clock: Clock) -> None:
    terminal = Terminal()
    with pytest.raises(LookupError, match="the build's own"):
        failing_build(Meter(terminal, clock), clock)
    assert terminal.getvalue()
