"""The columns of a file of customers and the words people use for them (CM-02)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from core.imports.registry import ImportColumn
from customers.models import Customer

KIND_WORDS: dict[str, tuple[str, ...]] = {
    Customer.Kind.NEW: ("新客户", "New customer", "新", "new"),
    Customer.Kind.EXISTING: ("老客户", "Existing customer", "老", "existing"),
    Customer.Kind.PROSPECT: ("潜在客户", "Prospect", "潜在"),
}
SETTLEMENT_WORDS: dict[str, tuple[str, ...]] = {
    Customer.Settlement.PREPAID: ("款到发货", "Cash before delivery", "预付", "prepaid"),
    Customer.Settlement.STAGED: ("分期", "Instalments", "分期付款"),
    Customer.Settlement.MONTHLY: ("月结", "Monthly settlement", "monthly"),
}
LANGUAGE_WORDS: dict[str, tuple[str, ...]] = {
    "zh-hans": ("中文", "Chinese", "简体中文", "zh"),
    "en": ("英文", "English", "en"),
}
CONTACT = {"contact": "name", "contact_title": "title", "phone": "phone", "email": "email"}
ADDRESS = {"province": "province", "city": "city", "district": "district", "address": "detail"}
COLUMNS = (
    ImportColumn(
        "number", "客户编号", "Customer number",
        gettext_lazy("Only for customers on file; new ones get their number from us."),
        also=("编号", "Customer no."),
    ),
    ImportColumn(
        "name", "客户全称", "Full name", gettext_lazy("The full registered name, at most 120 characters, once only."),
        also=("全称", "客户名称", "公司名称", "名称", "Customer", "Customer name", "Company"),
        example="示例：杭州启明电子有限公司",
    ),
    ImportColumn(
        "short_name", "简称", "Short name",
        gettext_lazy("At most 40 characters."),
        also=("客户简称",), example="启明电子"
    ),
    ImportColumn(
        "uscc", "统一社会信用代码", "Unified social credit code",
        gettext_lazy("18 characters as on the business licence; format the cells as text."),
        also=("信用代码", "税号", "纳税人识别号", "Credit code", "USCC", "Tax no"), example="91330100MA0000001X",
    ),
    ImportColumn(
        "industry", "行业", "Industry", gettext_lazy("At most 60 characters."), also=("所属行业",), example="电子"
    ),
    ImportColumn(
        "kind", "客户类型", "Customer type", gettext_lazy("New, existing or prospect."),
        kind="choice", also=("类型", "Type"), choices=KIND_WORDS, example=Customer.Kind.NEW,
    ),
    ImportColumn(
        "region", "区域", "Region desk", gettext_lazy("Code or name of the region whose desk serves the customer."),
        also=("大区", "销售区域", "Region", "Desk"), example="S",
    ),
    ImportColumn(
        "salesperson", "负责业务员", "Salesperson",
        gettext_lazy("User name or name of a salesperson or sales manager."),
        also=("业务员", "销售员", "负责人", "Responsible salesperson", "Owner"), example="limin",
    ),
    ImportColumn(
        "settlement", "结算方式", "Settlement",
        gettext_lazy("Cash before delivery; other terms are given by finance in the customer's file."),
        kind="choice", also=("付款方式", "结算", "Payment terms", "Terms"), choices=SETTLEMENT_WORDS,
        example=Customer.Settlement.PREPAID,
    ),
    ImportColumn(
        "contact", "联系人", "Contact", gettext_lazy("The person to talk to, business data only."),
        also=("联系人姓名", "Contact name", "Contact person"), example="王芳",
    ),
    ImportColumn(
        "contact_title", "职务", "Position", gettext_lazy("The contact's position in the company."),
        also=("联系人职务", "职位", "Title", "Job title"), example="采购经理",
    ),
    ImportColumn(
        "phone", "业务电话", "Business phone",
        gettext_lazy("Digits such as 0571-8888 6666; a business number, nothing private."),
        also=("电话", "联系电话", "办公电话", "Phone", "Telephone"), example="0571-55500123",
    ),
    ImportColumn(
        "email", "业务邮箱", "Business e-mail", gettext_lazy("Such as name@company.example."),
        also=("邮箱", "电子邮箱", "Email"), example="purchase@example.com",
    ),
    ImportColumn(
        "province", "省", "Province",
        gettext_lazy("Province or municipality."),
        also=("省份", "State"), example="浙江省"
    ),
    ImportColumn("city", "市", "City", gettext_lazy("City of the address."), also=("城市",), example="杭州市"),
    ImportColumn(
        "district", "区县", "District", gettext_lazy("District or county, may be empty."), also=("区", "县"),
        example="余杭区",
    ),
    ImportColumn(
        "address", "详细地址", "Address", gettext_lazy("Street and number, at most 160 characters."),
        also=("地址", "收货地址", "Street"), example="文一西路 1 号",
    ),
    ImportColumn(
        "language", "单据语言", "Language of documents", gettext_lazy("Chinese or English."),
        kind="choice", also=("语言", "Language"), choices=LANGUAGE_WORDS, example="zh-hans",
    ),
    ImportColumn(
        "source", "客户来源", "Source", gettext_lazy("How the customer came to us, at most 60 characters."),
        also=("来源",), example="转介绍",
    ),
    ImportColumn(
        "core_needs", "核心需求", "Core needs", gettext_lazy("What matters to the customer; no identity card numbers."),
        also=("需求", "Needs"),
    ),
    ImportColumn(
        "invoice_title", "开票抬头", "Invoice title",
        gettext_lazy("Empty means the full name."),
        also=("发票抬头", "抬头")
    ),
)  # fmt: skip
FIXES = {
    "required": gettext_lazy("Fill in the cell."),
    "too_long": gettext_lazy("Shorten the text."),
    "private": gettext_lazy("Take the number out of the cell."),
}


def help_of(name: str) -> str:
    return next((str(column.help) for column in COLUMNS if column.name == name), "")
