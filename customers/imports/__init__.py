"""Customers from a file: new files are opened, those known by number or full name changed (SY-03, CM-02, CM-10)."""

from django.utils.translation import gettext_lazy

from core.imports.registry import ImportKind, register_import_kind
from customers.imports.checking import check_customers
from customers.imports.columns import COLUMNS
from customers.imports.writing import obstacles_to_customers, undo_customers, write_customers

register_import_kind(
    ImportKind(
        "customers",
        title=gettext_lazy("Customers"),
        note=gettext_lazy(
            "New customers need everything from full name to address; those on file are recognised by number or "
            "full name."
        ),
        permission="customers.maintain",
        columns=COLUMNS,
        check=check_customers,
        commit=write_customers,
        obstacles=obstacles_to_customers,
        undo=undo_customers,
        icon="users",
        is_scoped=True,
        list_url="customers",
        rank=10,
    )
)
