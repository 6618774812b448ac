"""Threads and processes give what one processor gives, and pass errors on."""

import multiprocessing

import numpy as np
import pytest

from nn.config.locations import ConfigError
from nn.engine.compiler import compiler
from nn.studies.blocks import WorkerError
from nn.studies.execution import run_blocks, run_in_threads
from nn.studies.plan import Plan
from nn.studies.processes import run_in_processes
from nn.studies.study import Study

RATES = {"optimizer.learning_rate": (0.1, 0.3, 0.5, 0.7, 0.9)}
SHORT = ["training.epochs=40", "training.batch_size=3", "training.stop_at=null"]


def plan(engine="numpy"):
    return Plan.of("xor", 5, RATES, [*SHORT, f"training.engine={engine}"])


def same(one, other):
    parameters = zip(one.parameters, other.parameters, strict=True)
    return (one.members == other.members).all() and all(np.array_equal(*pair) for pair in parameters)


@pytest.mark.parametrize(
    "engine",
    ["numpy", pytest.param("native", marks=pytest.mark.skipif(not compiler(), reason="no C compiler"))],
)
def test_threads_give_what_one_gives(engine):
    whole = plan(engine)
    alone = Study.of(whole, run_blocks([*whole.blocks()], 1))
    for _ in range(3):
        assert same(Study.of(whole, run_in_threads([*whole.blocks(jobs=5)], 5)), alone)


def test_processes_give_what_one_gives():
    whole = plan()
    alone = Study.of(whole, run_blocks([*whole.blocks()], 1))
    assert same(Study.of(whole, run_in_processes([*whole.blocks()], 2)), alone)


@pytest.mark.parametrize("run", [run_in_threads, run_in_processes])
def test_an_error_in_a_block_is_raised_where_its_result_is_waited_for(run):
    (block, *_) = plan().blocks()
    with pytest.raises(ConfigError, match="unknown data 'nothing'"):
        list(
            run(
                [
                    block.__class__(
                        **vars(block) | {"config": block.config.replace("name: xor", "name: nothing")}
                    )
                ],
                1,
            )
        )


def test_a_process_that_ends_by_itself_is_told():
    others = multiprocessing.active_children()
    workers = run_in_processes([*plan().blocks()], 1)
    next(workers)
    (process,) = {*multiprocessing.active_children()} - {*others}
    process.kill()
    with pytest.raises(
        WorkerError, match=r"^a process that trained members ended with code -9; where memory is short"
    ):
        list(workers)
