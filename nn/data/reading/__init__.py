"""Reads files of any format and dialect as tables of cells."""

from nn.data.reading.column import Column
from nn.data.reading.dialect import Dialect
from nn.data.reading.mistakes import Mistake, TableError
from nn.data.reading.read import read_table
from nn.data.reading.table import Table

__all__ = ["Column", "Dialect", "Mistake", "Table", "TableError", "read_table"]
