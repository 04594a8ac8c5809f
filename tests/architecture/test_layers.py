"""An order travels left to right, and code may only look left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("core", "customers", "inventory", "orders", "credit", "fulfillment", "aftersales", "reports")
TRANSLATING = {"views.py", "api.py", "admin.py", "forms.py"}
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
}


def modules(*stages: str) -> Iterator[tuple[Path, ast.Module]]:
    for stage in stages or STAGES:
        for path in sorted((ROOT / stage).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text("utf-8"))


def is_translating(path: Path) -> bool:
    """Pages, endpoints, admin and forms: files of that name, or inside a folder of that name."""
    inside = path.relative_to(ROOT).parts[1:]
    return any(part in TRANSLATING or f"{part}.py" in TRANSLATING for part in inside)


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def test_foreign_keys_point_to_the_left() -> None:
    wrong = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for stage in STAGES
        for model in apps.get_app_config(stage).get_models()
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model._meta.app_label in STAGES
        and STAGES.index(field.related_model._meta.app_label) > STAGES.index(stage)
    ]
    assert wrong == []


def test_imports_point_to_the_left() -> None:
    wrong = []
    for path, tree in modules():
        stage = path.relative_to(ROOT).parts[0]
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names = [node.module]
            wrong += [
                f"{where(path, node)} {name}"
                for name in names
                if name.split(".")[0] in STAGES and STAGES.index(name.split(".")[0]) > STAGES.index(stage)
            ]
    assert wrong == []


def test_no_import_hides_inside_a_function_to_dodge_a_circle() -> None:
    wrong = [
        where(path, inner)
        for path, tree in modules()
        if path.name != "apps.py" and "management" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and (inner.module or "").split(".")[0] in STAGES
    ]
    assert wrong == []


def test_no_signal_carries_a_rule() -> None:
    wrong = [
        where(path, node)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals")
    ]
    assert wrong == []


def documents() -> list[type]:
    return [
        model
        for stage in STAGES
        for model in apps.get_app_config(stage).get_models()
        if hasattr(model, "workflow")
    ]


def test_only_the_workflow_writes_a_status() -> None:
    """`x.status = …` and `.update(status=…)` stand in core/workflow.py and nowhere else."""
    wrong = []
    for path, tree in modules():
        inside = path.relative_to(ROOT).as_posix()
        if inside == "core/workflow.py" or inside.startswith("core/api/"):  # there a status is HTTP's
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(
                    isinstance(t, ast.Attribute) and t.attr == "status" and not is_own(t) for t in targets
                ):
                    wrong.append(where(path, node))
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
            ):
                wrong += [where(path, node) for keyword in node.keywords if keyword.arg == "status"]
    assert wrong == []


def is_own(target: ast.Attribute) -> bool:
    """`self.status` of a response or of an error class is no document's."""
    return isinstance(target.value, ast.Name) and target.value.id in {"self", "response", "record"}


def test_pages_endpoints_and_admin_decide_nothing() -> None:
    """They translate in, call one service, translate out: no policy, no write to a table."""
    wrong = []
    for path, tree in modules():
        if not is_translating(path) or path.relative_to(ROOT).parts[0] == "core":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".policy"):
                wrong.append(f"{where(path, node)} imports a policy")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
                and is_table(node.func.value)
            ):
                wrong.append(f"{where(path, node)} writes a table")
    assert wrong == []


def is_table(owner: ast.expr) -> bool:
    """Does the call go to a manager or a queryset, `Order.objects.filter(…).update`?"""
    return any(
        isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}
        for node in ast.walk(owner)
    )


@pytest.mark.parametrize("model", documents(), ids=lambda model: model._meta.label)
def test_every_state_of_a_document_can_be_reached(model: type) -> None:
    statuses = {choice for choice, _label in model._meta.get_field("status").choices}
    reached = {model._meta.get_field("status").default}
    while True:
        more = {t.target for t in model.workflow.transitions if reached & set(t.sources)} - reached
        if not more:
            break
        reached |= more
    assert reached == statuses


@pytest.mark.parametrize("model", documents(), ids=lambda model: model._meta.label)
def test_every_transition_is_made_by_some_service(model: type) -> None:
    """A move that no service names is a dead line in the table."""
    strings = {
        node.value
        for path, tree in modules()
        if path.name != "workflow.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [t.name for t in model.workflow.transitions if t.name not in strings] == []


@pytest.mark.parametrize("model", documents(), ids=lambda model: model._meta.label)
def test_every_permission_of_a_transition_is_some_roles(model: type) -> None:
    from core.roles import roles

    carried = frozenset().union(*(role.permissions for role in roles().values()))
    assert [t.name for t in model.workflow.transitions if t.permission and t.permission not in carried] == []


def test_every_app_says_what_it_is_for() -> None:
    silent = [
        stage
        for stage in STAGES
        if len(ast.get_docstring(ast.parse((ROOT / stage / "__init__.py").read_text())) or "") < 80
    ]
    assert silent == []


def is_call_of(node: ast.expr, *names: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def test_no_plain_decimal_is_added_to_a_scaled_column() -> None:
    """`F("paid") + amount` would add yuan to fen: the other side must be F, a count, or a Value with its field."""
    wrong = []
    for path, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
                continue
            sides = (node.left, node.right)
            if not any(is_call_of(side, "F") for side in sides):
                continue
            if not is_of_one_scale(node):
                wrong.append(where(path, node))
    assert wrong == []


def is_of_one_scale(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return is_of_one_scale(node.left) and is_of_one_scale(node.right)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int)
    return is_call_of(node, "F", "Value", "Coalesce", "Sum")
