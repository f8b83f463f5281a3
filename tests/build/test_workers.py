"""What `parallel_map` promises: the same results as doing the work right here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from blogtools.build.workers import parallel_map, worker_count

MANY = range(200)


def square(number: int) -> int:
    return number * number


def process(_number: int) -> int:
    return os.getpid()


def fussy(number: int) -> int:
    if number == 77:
        raise LookupError("no such thing as 77")
    return number


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 23, 24, 25, 200])
def test_results_keep_the_order_of_the_items(count: int, workers: int) -> None:
    assert list(parallel_map(square, range(count), workers)) == [n * n for n in range(count)]


def test_one_worker_works_right_here() -> None:
    assert set(parallel_map(process, MANY, 1)) == {os.getpid()}


def test_several_workers_are_other_processes() -> None:
    assert os.getpid() not in set(parallel_map(process, MANY, 2))


def test_this_process_goes_on_with_something_else_while_others_work() -> None:
    done: list[int] = []

    def meanwhile() -> None:
        done.append(os.getpid())

    results = parallel_map(lambda _: len(done), MANY, 2, meanwhile)
    assert next(results) == 0  # the others began before, and know nothing of it
    assert done == [os.getpid()]
    assert [*results, *done] == [*[0] * (len(MANY) - 1), os.getpid()]


def test_a_few_items_are_not_worth_a_process() -> None:
    assert set(parallel_map(process, range(5), 2)) == {os.getpid()}


@pytest.mark.parametrize("workers", [1, 2])
def test_what_the_work_raises_is_raised_here(workers: int) -> None:
    with pytest.raises(LookupError, match="77"):
        list(parallel_map(fussy, MANY, workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failure_does_not_spoil_the_next_map(workers: int) -> None:
    with pytest.raises(LookupError):
        list(parallel_map(fussy, MANY, workers))
    assert list(parallel_map(square, MANY, workers)) == [n * n for n in MANY]


def test_the_work_may_be_a_closure_that_cannot_be_pickled() -> None:
    unpicklable: Iterator[int] = (n for n in MANY)
    assert list(parallel_map(lambda n: (n, unpicklable is None), MANY, 2))[3] == (3, False)


def test_the_number_of_workers_is_the_wanted_one_or_that_of_the_cores() -> None:
    assert worker_count(3) == 3
    assert worker_count(0) >= 1
