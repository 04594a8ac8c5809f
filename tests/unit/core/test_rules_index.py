from pathlib import Path

import pytest
from django.conf import settings

from core.devtools.rule_titles import SECTIONS, TITLES
from core.devtools.rules_index import INDEX, RulesIndex, faults_of, index_of, rendered

SERVICE = '''
def sign_notice(notice):
    """Signed by another person than its maker (DS-01)."""

class Gate:
    def let_out(self):
        """Once only (DS-03, IC-01)."""
'''
TEST = """
import pytest

@pytest.mark.rule("DS-01")
def test_the_maker_cannot_sign(): ...

class TestGate:
    @pytest.mark.rule("DS-03", "IC-01")
    def test_a_used_pass_is_refused(self): ...
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "fulfillment").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "fulfillment" / "services.py").write_text(SERVICE)
    (tmp_path / "tests" / "test_gate.py").write_text(TEST)
    (tmp_path / "pyproject.toml").write_text('[tool.shundan]\nfinished_rules = ["DS-01"]\n')
    (tmp_path / INDEX).write_text(rendered(index_of(tmp_path)))
    return tmp_path


def names(index: RulesIndex, rule: str) -> tuple[list[str], list[str]]:
    return [place.name for place in index.code[rule]], [place.name for place in index.tests[rule]]


def test_a_rule_leads_to_its_code_and_its_tests(project: Path) -> None:
    index = index_of(project)

    assert names(index, "DS-01") == (["sign_notice"], ["test_the_maker_cannot_sign"])
    assert names(index, "IC-01") == (["Gate.let_out"], ["TestGate.test_a_used_pass_is_refused"])
    assert "[`sign_notice`](../fulfillment/services.py)" in rendered(index)


def test_a_current_index_has_no_faults(project: Path) -> None:
    assert faults_of(index_of(project), project) == []


def test_a_finished_rule_without_a_test_is_a_fault(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.shundan]\nfinished_rules = ["DS-02"]\n')

    assert faults_of(index_of(project), project) == [
        "DS-02 (Pick, pack, and a second person's check) is finished but no test is marked with it."
    ]


def test_a_stale_index_is_a_fault(project: Path) -> None:
    (project / INDEX).write_text("old")

    assert faults_of(index_of(project), project) == [
        "docs/rules.md is out of date. Run manage.py rules_index and commit it."
    ]


def test_an_id_that_no_rule_has_is_a_fault(project: Path) -> None:
    (project / "fulfillment" / "workflow.py").write_text('"""Obeys DS-99."""\n')
    (project / INDEX).write_text(rendered(index_of(project)))

    assert faults_of(index_of(project), project) == [
        "fulfillment/workflow.py: workflow names DS-99, which no rule has."
    ]


def test_every_rule_belongs_to_a_section() -> None:
    assert {rule.rpartition("-")[0] for rule in TITLES} == set(SECTIONS)


def test_no_rule_named_in_code_or_tests_is_unknown() -> None:
    assert index_of(settings.BASE_DIR).unknown_rules() == {}
