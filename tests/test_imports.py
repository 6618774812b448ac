import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each part of nn/ may know of the rest: only what stands above it.
CORE = {"arrays", "checks", "bundled", "standing", "state", "opening"}
LAYERS = {"initializers", "layer", "layers", "activations"}
FORMULAS = {*CORE, *LAYERS, "seeds", "losses", "schedules", "optimizers"}
TRAINING = {*FORMULAS, "engine", "network", "objective", "stopping", "epochs"}
MODEL = {*TRAINING, "given", "second_order", "loop", "misfits", "training", "data"}
MAY_KNOW = {
    "arrays": set(),
    "checks": set(),
    "bundled": set(),
    "opening": set(),
    "standing": set(),
    "state": {"arrays"},
    "seeds": CORE,
    "engine": CORE,
    "data": {*CORE, "seeds"},
    "initializers": {*CORE, "seeds"},
    "layer": {*CORE, "initializers"},
    "layers": {*CORE, "seeds", "initializers", "layer"},
    "activations": {*CORE, "seeds", "initializers", "layer"},
    "losses": {*CORE, "initializers", "layer", "activations"},
    "schedules": CORE,
    "optimizers": {*CORE, "seeds", "initializers", "schedules"},
    "network": FORMULAS,
    "objective": {*FORMULAS, "network"},
    "stopping": {*FORMULAS, "engine", "network", "objective"},
    "epochs": {*FORMULAS, "engine", "network", "objective"},
    "given": TRAINING,
    "second_order": TRAINING,
    "loop": TRAINING,
    "misfits": {*TRAINING, "second_order"},
    "training": {*TRAINING, "given", "second_order", "misfits", "loop"},
    "gradcheck": {*TRAINING, "given", "second_order"},
    "trace": TRAINING,
    "model": MODEL,
    "config": {*MODEL, "model"},
    "runs": {*MODEL, "model", "config"},
    "plots": {*MODEL, "model", "config", "runs"},
    "report": {*MODEL, "model", "config", "runs", "plots"},
    "cli": {*MODEL, "model", "config", "runs", "plots", "gradcheck", "trace", "report"},
    "__main__": {"cli"},
}
# Who may import what is neither Python's own nor named for all.
FOR_ALL = {"numpy", "annotated_types"}
HOMES = {
    "click": {"cli"},
    "yaml": {"config"},
    "pydantic": {"config", "runs"},
    "matplotlib": {"plots", "report"},
    "PIL": {"plots", "report"},
    "pydantic_core": {"config"},
    "ziglang": {"engine"},
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


@pytest.mark.parametrize("name", MODULES)
def test_a_module_knows_only_what_stands_above_it(name):
    assert part(name) in MAY_KNOW, "a new part of nn/ needs its row above"
    own = {module for module in imports(name) if module.split(".")[0] == "nn"}
    assert "nn" not in own, "import from where it lives"
    assert {part(module) for module in own} <= MAY_KNOW[part(name)] | {part(name)}


@pytest.mark.parametrize("name", MODULES)
def test_each_dependency_has_one_home(name):
    others = {module.split(".")[0] for module in imports(name)} - sys.stdlib_module_names - FOR_ALL - {"nn"}
    assert {other for other in others if part(name) not in HOMES.get(other, set())} == set()


def test_no_module_imports_itself_by_a_detour():
    graph = {name: imports(name) & FILES.keys() for name in MODULES}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) >= len(MODULES)


def test_the_parts_that_may_know_each_other_have_an_order():
    graphlib.TopologicalSorter(MAY_KNOW).prepare()


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
