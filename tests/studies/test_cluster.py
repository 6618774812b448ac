"""A study on a cluster of dask is the study that one machine trains, also where a worker is killed."""

import os
import signal

import numpy as np
import pytest

from nn.studies.blocks import run_block
from nn.studies.plan import Plan
from nn.studies.study import Study

distributed = pytest.importorskip("distributed", reason="no dask")
cluster = pytest.importorskip("nn.studies.cluster")

RATES = {"optimizer.learning_rate": tuple(0.1 * number for number in range(1, 13))}


@pytest.fixture
def workers(tmp_path):
    """Two worker processes, which are started again where they end."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    ) as found:
        yield found


def test_a_worker_that_is_killed_loses_nothing(workers):
    plan, results = Plan.of("xor", 8, RATES, ["training.epochs=400"]), []
    blocks = [*plan.blocks(jobs=2)]
    with cluster.Cluster(workers.scheduler_address) as connected:
        assert connected.processors == 2
        for result in connected.run(blocks):
            results.append(result)
            if len(results) == 2:
                os.kill(workers.workers[0].pid, signal.SIGKILL)
    found, alone = Study.of(plan, results), Study.of(plan, map(run_block, blocks))
    assert len(found.members) == 96
    assert (found.members == alone.members).all()
    assert all(
        np.array_equal(one, other) for one, other in zip(found.parameters, alone.parameters, strict=True)
    )


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(
        ValueError, match=r"^tcp://127\.0\.0\.1:9: no scheduler of dask answers within 0\.2 s$"
    ):
        cluster.Cluster("tcp://127.0.0.1:9")


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "htp://localhost:1"])
def test_what_is_no_address_is_named(monkeypatch, address):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 0.2)
    with pytest.raises(ValueError, match=f"^{address}: "):
        cluster.Cluster(address)
