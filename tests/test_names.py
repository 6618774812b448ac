import ast
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "nn"
# One concept by design: what ``nn.cli.group`` looks for in the file of each command.
SHARED = {"command"}


def defined_names(file: Path) -> set[str]:
    """The functions, classes, constants and type aliases that a module defines, without type variables."""
    names = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            is_type_variable = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in (
                "TypeVar",
                "ParamSpec",
            )
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if not is_type_variable:
                names |= {
                    part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
                }
    return {name for name in names if not name.startswith("__")}


def test_a_name_stands_for_one_thing():
    homes = defaultdict(list)
    for file in sorted(FOLDER.rglob("*.py")):
        for name in defined_names(file) - SHARED:
            homes[name].append(str(file.relative_to(FOLDER)))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
