"""Sixty invented customers in two regions: names, credit codes valid by check digit, desks' addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from customers.uscc import check_digit


@dataclass(frozen=True, slots=True)
class Town:
    """Where a customer sits: region desk, province, city, districts, administrative code, dialling code."""

    region: str
    province: str
    city: str
    districts: tuple[str, ...]
    code: str
    dialling: str


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    short_name: str
    uscc: str
    industry: str
    town: Town
    district: str
    street: str
    contact: str
    position: str
    phone: str
    email: str
    source: str
    needs: str


TOWNS = (
    Town("S", "浙江省", "杭州市", ("余杭区", "萧山区", "滨江区"), "330100", "0571"),
    Town("S", "浙江省", "宁波市", ("鄞州区", "北仑区"), "330200", "0574"),
    Town("S", "江苏省", "苏州市", ("吴中区", "昆山市"), "320500", "0512"),
    Town("S", "广东省", "深圳市", ("宝安区", "龙岗区"), "440300", "0755"),
    Town("S", "广东省", "佛山市", ("顺德区", "南海区"), "440600", "0757"),
    Town("N", "山东省", "青岛市", ("城阳区", "黄岛区"), "370200", "0532"),
    Town("N", "天津市", "天津市", ("西青区", "武清区"), "120100", "022"),
    Town("N", "河北省", "石家庄市", ("藁城区", "长安区"), "130100", "0311"),
    Town("N", "辽宁省", "沈阳市", ("铁西区", "浑南区"), "210100", "024"),
    Town("N", "河南省", "郑州市", ("中原区", "二七区"), "410100", "0371"),
)
NAMES = (
    "华信", "宏图", "天合", "瑞丰", "恒达", "金桥", "明远",
    "博创", "联科", "中正", "德润", "启航", "新锐", "东昇", "远景",
    "立信", "嘉禾", "泰和", "云帆", "汇通", "正泰源", "万象",
    "众合", "凯旋", "安邦", "佳益", "力拓", "精诚", "科达", "百川",
)  # fmt: skip
TRADES = (
    ("电子", "电子", "接近开关和中间继电器，常备"), ("自动化设备", "装备制造", "伺服电机整套配线"),
    ("包装机械", "机械", "气缸和电磁阀，月度补货"), ("纺织机械", "纺织", "变频器，交期敏感"),
    ("环保工程", "环保", "控制柜按项目采购"), ("食品机械", "食品", "不锈钢附件和传感器"),
)  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("伟", "芳", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "超", "霞", "平", "刚")
POSITIONS = ("采购经理", "采购主管", "设备部长", "供应链经理")
STREETS = ("工业大道", "创业路", "科技园路", "滨海大道", "建设路")
SOURCES = ("展会", "转介绍", "网站", "老客户", "电话拜访")
COUNT = 60


def firms() -> Iterator[Firm]:
    """The customers, South and North in turn."""
    for serial in range(COUNT):
        yield _firm(serial)


def _firm(serial: int) -> Firm:
    south, north = TOWNS[:5], TOWNS[5:]
    town = (south if serial % 2 == 0 else north)[serial // 2 % 5]
    trade, industry, needs = TRADES[serial // 2 % len(TRADES)]
    name = NAMES[serial // 2] if serial % 2 == 0 else NAMES[-1 - serial // 2]
    first_17 = f"91{town.code}MA{serial * 7919 % 10_000_000:07d}"
    return Firm(
        name=f"{town.city[:-1]}{name}{trade}有限公司",
        short_name=f"{name}{trade}",
        uscc=first_17 + check_digit(first_17),
        industry=industry,
        town=town,
        district=town.districts[serial % len(town.districts)],
        street=f"{STREETS[serial % len(STREETS)]} {serial * 3 + 8} 号",
        contact=SURNAMES[serial % len(SURNAMES)] + GIVEN[serial * 7 % len(GIVEN)],
        position=POSITIONS[serial % len(POSITIONS)],
        phone=f"{town.dialling}-5550{1000 + serial:04d}",
        email=f"caigou{serial + 1:02d}@example.com",
        source=SOURCES[serial % len(SOURCES)],
        needs=needs,
    )
