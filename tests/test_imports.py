import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# From the ground up: a part of nn/ may import what stands in a line above its own, and itself.
ORDER = [
    {"arrays", "display", "catalog", "validation", "resources"},
    {"random", "engine", "storage", "statistics", "markup"},
    {"metrics"},
    {"initializers", "schedules", "data"},
    {"layers", "optimizers"},
    {"losses"},
    {"model_file"},
    {"network"},
    {"training"},
    {"model", "gradcheck", "trace"},
    {"endpoints"},
    {"findings", "diagram"},
    {"config"},
    {"experiments"},
    {"runs"},
    {"studies"},
    {"plots", "export"},
    {"report", "playground"},
    {"cli"},
    {"__main__", "sklearn"},  # nothing imports them
]
LEVEL = {part: number for number, parts in enumerate(ORDER) for part in parts}
# Who may import what is neither Python's own nor named for all.
FOR_ALL = {"numpy", "annotated_types"}
HOMES = {
    "click": {"cli"},
    "yaml": {"config"},
    "pydantic": {"config", "runs", "sklearn"},
    "matplotlib": {"plots", "report"},
    "PIL": {"plots", "report"},
    "pydantic_core": {"config"},
    "pandas": {"data", "studies"},
    "pyarrow": {"data"},
    "ziglang": {"engine"},
    "distributed": {"studies"},
    "onnx": {"export"},
    "onnxruntime": {"export"},
    "sklearn": {"sklearn"},
}


def module_name(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(file): file for file in sorted((ROOT / "nn").rglob("*.py"))}
MODULES = [name for name in FILES if name != "nn"]  # nn itself names what is public, wherever it lives


def imports(name: str) -> set[str]:
    """All modules that a module imports, those imported inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(FILES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: a relative import"
            modules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {module if module in FILES else node.module for module in modules}
    return found


def part(module: str) -> str:
    return module.split(".")[1]


def test_imports_point_one_way():
    upwards = [
        f"{name} imports {module}"
        for name in MODULES
        for module in imports(name)
        if module.split(".")[0] == "nn" and part(module) != part(name)
        if LEVEL[part(module)] >= LEVEL[part(name)]
    ]
    assert upwards == []


def test_configurations_know_nothing_of_the_engine():
    known = [
        f"{name} imports {module}" for name in MODULES if part(name) == "config" for module in imports(name)
    ]
    assert [line for line in known if "nn.engine" in line] == []


def test_each_dependency_has_one_home():
    strangers = [
        f"{name} imports {other}"
        for name in MODULES
        for other in {module.split(".")[0] for module in imports(name)} - sys.stdlib_module_names - FOR_ALL
        if other != "nn" and part(name) not in HOMES.get(other, set())
    ]
    assert strangers == []


def test_no_module_imports_itself_by_a_detour():
    graph = {name: imports(name) & FILES.keys() for name in MODULES}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) >= len(MODULES)


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("nn", {"numpy", "click", "pydantic", "yaml", "matplotlib"}),
        ("nn.training", {"click", "pydantic", "yaml", "matplotlib"}),
    ],
)
def test_importing_costs_no_more_than_it_needs(module, unneeded):
    command = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert unneeded.isdisjoint(result.stdout.split())
