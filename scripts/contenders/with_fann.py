"""FANN 2.2, a C library (Nissen, 2003), through ctypes; Debian calls it libfann2."""

import ctypes
from ctypes.util import find_library
from typing import Any, ClassVar

import numpy as np

from contenders.contender import Run, timed
from contenders.workloads import Array, Job

SIGMOID, BATCH, LINEAR_ERROR = 3, 1, 0


class Data(ctypes.Structure):
    """``struct fann_train_data``: pointers to rows, so that a batch in any order costs no copy."""

    _fields_ = (
        ("head", ctypes.c_void_p * 3),
        ("num_data", ctypes.c_uint),
        ("num_input", ctypes.c_uint),
        ("num_output", ctypes.c_uint),
        ("input", ctypes.c_void_p),
        ("output", ctypes.c_void_p),
    )


class Fann:
    """Batch training: an epoch of FANN's is one of our batches."""

    differs: ClassVar[dict[str, str]] = {
        "any": "outputs beyond [0.01, 0.99] count as these in derivatives",
        "bce": "squared error, FANN's only loss",
        "softmax": "sigmoid and squared error, as it has no softmax",
        "adam": "gradient descent, as it has no Adam",
    }

    def __init__(self, job: Job):
        self.job = job
        name = "doublefann" if job.dtype == "float64" else "floatfann"
        path = find_library(name)
        if not path:
            raise OSError(f"lib{name} is not installed (Debian: libfann2)")
        self.library = ctypes.CDLL(path)
        self.library.fann_create_standard_array.restype = ctypes.c_void_p
        self.library.fann_get_MSE.restype = ctypes.c_float
        self.number = ctypes.c_double if job.dtype == "float64" else ctypes.c_float
        self.connection = np.dtype([("from", "u4"), ("to", "u4"), ("weight", job.dtype)], align=True)
        self.rows = [self.addresses(array) for array in (job.x, job.t)]
        self.networks = [self.create() for _ in range(job.stack or 1)]

    @staticmethod
    def addresses(array: Array) -> Array:
        """Where each row starts."""
        return array.ctypes.data + array.strides[0] * np.arange(len(array), dtype=np.uint64)

    def create(self) -> Any:
        """A network of the job's sizes."""
        job, library = self.job, self.library
        sizes = (ctypes.c_uint * len(job.sizes))(*job.sizes)
        network = ctypes.c_void_p(library.fann_create_standard_array(len(job.sizes), sizes))
        library.fann_set_activation_function_hidden(network, SIGMOID)
        library.fann_set_activation_function_output(network, SIGMOID)
        library.fann_set_training_algorithm(network, BATCH)
        library.fann_set_train_error_function(network, LINEAR_ERROR)
        # Its step follows ½ Σ (t − y)², the mean over samples and the sum over outputs.
        library.fann_set_learning_rate(network, ctypes.c_float(2 * job.rate / job.sizes[-1]))
        return network

    def fill(self, network: Any, member: int) -> None:
        """Set the weights; every layer's neurons are numbered in a row, its bias last."""
        parts, start = [], 0
        for weight, bias in self.job.weights():
            values = np.concatenate([weight, bias], axis=-2)
            values = values[member] if self.job.stack else values
            source, target = np.indices(values.shape)
            part = np.empty(values.size, self.connection)
            part["from"] = start + source.ravel()
            part["to"] = start + len(values) + target.ravel()
            part["weight"] = values.ravel()
            parts.append(part)
            start += len(values)
        whole = np.concatenate(parts)
        self.library.fann_set_weight_array(network, ctypes.c_void_p(whole.ctypes.data), len(whole))

    def run(self, epochs: int) -> Run:
        """Train."""
        for member, network in enumerate(self.networks):
            self.fill(network, member)
        return timed(lambda: self.train(epochs))

    def data(self, rows: list[Array]) -> Data:
        """Samples whose rows have these addresses."""
        sizes = len(rows[0]), self.job.sizes[0], self.job.sizes[-1]
        return Data((ctypes.c_void_p * 3)(), *sizes, rows[0].ctypes.data, rows[1].ctypes.data)

    def train(self, epochs: int) -> float:
        """The loss of the last epoch."""
        if self.job.whole:
            data, never, losses = self.data(self.rows), ctypes.c_float(-1), []
            for network in self.networks:
                self.library.fann_train_on_data(network, ctypes.byref(data), epochs, 0, never)
                losses.append(self.library.fann_get_MSE(network))
            return float(np.mean(losses))
        (network,) = self.networks
        train_epoch = self.library.fann_train_epoch
        train_epoch.restype = ctypes.c_float
        for order in self.job.orders(epochs):
            rows = [addresses[order] for addresses in self.rows]
            total = 0.0
            for start, stop in self.job.spans:
                data = self.data([addresses[start:stop] for addresses in rows])
                total += (stop - start) / len(order) * train_epoch(network, ctypes.byref(data))
        return total
