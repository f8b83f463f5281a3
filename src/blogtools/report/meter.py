"""Progress on the terminal: a bar where someone looks, single lines in a log."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress

# Work that ends sooner says nothing.
_SOON = 1.0


class Meter:
    """Shows how far something is; call it with what happens, how much is done, and of how much."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the stream to show it on, and what tells the seconds."""
        self._stream, self._is_watched = stream, stream.isatty()
        self._clock = clock
        self._began = clock()
        self._bar: Progress | None = None
        self._phase = ""

    def __enter__(self) -> Meter:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clear the bar."""
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show a step, once the whole has taken longer than a moment."""
        if self._clock() - self._began < _SOON:
            return
        if self._is_watched:
            self._show(what, done, total)
        elif what != self._phase:
            self._stream.write(f"{what}{f' ({total})' if total else ''} ...\n")
            self._stream.flush()
        self._phase = what

    def _show(self, what: str, done: int, total: int) -> None:
        bar = self._bar or self._open()
        if what != self._phase:
            for task in bar.task_ids:
                bar.remove_task(task)
            bar.add_task(what, total=total or None)
        bar.update(bar.task_ids[-1], completed=done)

    def _open(self) -> Progress:
        # Imported here: rich takes longer to import than many a command to run.
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(file=self._stream), transient=True)
        self._bar.start()
        return self._bar
