"""The cast: a person per role, two desks, two salespeople."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.models import User
from core.people import create_person

PASSWORD = "shundan-demo-2026"  # noqa: S105  # nosec B105 - of the demo company, printed at its start


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the cast. `desks` are region codes."""

    username: str
    name: str
    role: str
    desks: tuple[str, ...] = ()
    is_service: bool = False


CAST = (
    Part("chenli", "陈丽", "sales_assistant", ("S",)),
    Part("liumei", "刘梅", "sales_assistant", ("N",)),
    Part("limin", "李敏", "salesperson"),
    Part("zhaogang", "赵刚", "salesperson"),
    Part("wangqiang", "王强", "sales_manager", ("S", "N")),
    Part("hejun", "何军", "sales_manager", ("S", "N")),
    Part("fangfang", "方芳", "marketing_director"),
    Part("sunyan", "孙艳", "sales_accountant"),
    Part("zhoujie", "周洁", "finance"),
    Part("wuhao", "吴昊", "cfo"),
    Part("zhengguo", "郑国", "general_manager"),
    Part("malin", "马林", "picker"),
    Part("gaoyuan", "高原", "checker"),
    Part("tangshan", "唐山", "guard"),
    Part("dingyi", "丁一", "logistics"),
    Part("xujing", "许静", "service"),
    Part("baili", "白丽", "catalogue"),
    Part("jixiaoyun", "计小芸", "planning"),
    Part("caiyong", "蔡勇", "purchasing"),
    Part("qinlan", "秦岚", "qc"),
    Part("fazheng", "法正", "legal"),
    Part("jigong", "季工", "engineering"),
    Part("qianjin", "钱进", "auditor"),
    Part("erp", "ERP", "erp_client", is_service=True),
)


def hire_cast() -> dict[str, User]:
    """The administrator first, who then enters everybody else. By user name."""
    admin = create_person("admin", display_name="系统管理员", roles=["admin"], password=PASSWORD, actor=None)
    people = {"admin": admin}
    for part in CAST:
        people[part.username] = create_person(
            part.username, display_name=part.name, roles=[part.role], is_service=part.is_service, actor=admin
        )
    _share_password(admin, people)
    return people


def _share_password(admin: User, people: Mapping[str, User]) -> None:
    """One slow hash for all of them: a firm of twenty people would otherwise take ten seconds to hire."""
    staff = [person.pk for person in people.values() if not person.is_service]
    User.objects.filter(pk__in=staff).update(password=admin.password)


def roster(labels: Mapping[str, Any]) -> str:
    """The people of the demo as text: user name, name, role; the password once."""
    rows = [("admin", "系统管理员", labels["admin"])]
    rows += [(part.username, part.name, labels[part.role]) for part in CAST if not part.is_service]
    width = max(len(username) for username, _name, _role in rows)
    lines = [f"  {username:<{width}}  {name}  {role}" for username, name, role in rows]
    return "\n".join([f"Demo people, password of all: {PASSWORD}", *lines]) + "\n"
