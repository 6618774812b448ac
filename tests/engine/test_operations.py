"""The table of operations is the only one."""

import ast
from pathlib import Path

import pytest

import nn.engine
from nn.engine.operations import OPERATIONS, ROWS
from tests.engine.test_what_records import EXAMPLES, recorded

ENGINE = Path(nn.engine.__file__).parent
FILES = {
    file.relative_to(ENGINE).as_posix(): ast.parse(file.read_text("utf-8")) for file in ENGINE.rglob("*.py")
}


@pytest.mark.filterwarnings("ignore:(divide|invalid)")
def test_what_is_recorded_are_the_operations_of_the_table():
    programs = [recorded(*example.values) for example in EXAMPLES]
    assert {call.function for program in programs for call in program.calls} == OPERATIONS.keys()


def test_an_operation_has_one_row():
    assert len(OPERATIONS) == len(ROWS)


@pytest.mark.parametrize("name", sorted(FILES.keys() - {"operations.py"}))
def test_no_other_file_of_the_engine_lists_operations(name):
    for node in ast.walk(FILES[name]):
        if isinstance(node, ast.Dict | ast.Set | ast.List | ast.Tuple):
            members = node.keys if isinstance(node, ast.Dict) else node.elts
            words = {member.value for member in members if isinstance(member, ast.Constant)}
            if name != "functions.py":  # whose tables are of NumPy's functions and methods
                assert len(words & OPERATIONS.keys()) < 2, f"line {node.lineno}"
