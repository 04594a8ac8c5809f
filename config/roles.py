"""The company's posts and what each may do: the step matrix of the rule book as permissions.

A permission reads `app.act`. What a role may not do is simply absent; what one person may not combine on
one document stands with the workflows (duties). Superusers get nothing from here (IC-01).
"""

from django.utils.translation import gettext_lazy as _

from core.roles import Role

READS_SALES = frozenset(
    {
        "customers.view",
        "inventory.view",
        "inventory.view_prices",
        "orders.view",
        "fulfillment.view",
        "core.comment",
    }
)
READS_MONEY = frozenset({"credit.view", "reports.view"})
READS_ALL = READS_SALES | READS_MONEY

SALES = frozenset(
    {"sales_assistant", "salesperson", "sales_manager", "marketing_manager", "marketing_director"}
)
MONEY = frozenset({"sales_accountant", "finance", "cfo"})
WAREHOUSE = frozenset({"picker", "checker", "guard"})
OTHER_DESKS = frozenset(
    {
        "review_clerk",
        "general_manager",
        "planning",
        "purchasing",
        "logistics",
        "qc",
        "engineering",
        "legal",
        "service",
        "catalogue",
    }
)

NOT_WITH_SALES = MONEY | WAREHOUSE | {"admin"}

SELLS = READS_ALL | {  # what assistant and salesperson share: they take orders in and see them through
    "inventory.view_floor",
    "customers.maintain",
    "customers.see_phones",
    "orders.handle_enquiries",
    "orders.make_quotes",
    "orders.send_quotes",
    "orders.apply_for_contracts",
    "orders.enter",
    "orders.edit",
    "orders.submit",
    "orders.cancel",
    "orders.confirm_by_customer",
    "credit.propose_limit",
    "credit.record_remittance",
    "credit.reject",
    "fulfillment.make_notice",
    "fulfillment.record_delivery",
    "aftersales.answer_survey",
    "aftersales.view",
}

ROLES = (
    Role(
        "sales_assistant",
        _("Sales assistant"),
        scope="region",
        conflicts=NOT_WITH_SALES,
        permissions=SELLS
        | {"credit.check", "credit.void_remittance", "orders.seal_contracts", "orders.register_contracts"},
    ),
    Role(
        "salesperson",
        _("Salesperson"),
        scope="own",
        conflicts=NOT_WITH_SALES,
        permissions=SELLS | {"credit.pass_rep"},
    ),
    Role(
        "sales_manager",
        _("Sales manager"),
        scope="region",
        conflicts=NOT_WITH_SALES,
        opens_admin=True,
        permissions=READS_ALL
        | {
            "orders.cancel",
            "orders.cancel_any",
            "credit.pass_manager",
            "credit.reject",
            "fulfillment.sign_notice",
            "aftersales.view",
            "customers.maintain",
            "customers.delegate",
            "customers.see_phones",
            "customers.confirm_grades",
            "customers.change_status",
            "customers.merge",
            "customers.export",
            "credit.propose_limit",
            "inventory.view_cost",
            "inventory.view_floor",
            "orders.handle_enquiries",
            "orders.make_quotes",
            "orders.send_quotes",
            "orders.approve_prices",
            "orders.apply_for_contracts",
            "orders.approve_contracts_manager",
            "orders.countersign_sales",
            "orders.reject_contracts",
            "orders.register_contracts",
            "orders.sign_register_sales",
        },
    ),
    Role(
        "marketing_manager",
        _("Marketing manager"),
        conflicts=NOT_WITH_SALES,
        opens_admin=True,
        permissions=READS_ALL | {"credit.pass_marketing", "credit.reject", "aftersales.view"},
    ),
    Role(
        "marketing_director",
        _("Marketing director"),
        conflicts=NOT_WITH_SALES,
        opens_admin=True,
        permissions=READS_ALL
        | {
            "aftersales.view",
            "customers.see_phones",
            "inventory.view_cost",
            "inventory.view_floor",
            "orders.approve_prices",
            "orders.countersign_sales",
            "orders.reject_contracts",
        },
    ),
    Role(
        "review_clerk",
        _("Review-entry clerk"),
        conflicts=NOT_WITH_SALES,
        permissions=READS_ALL | {"orders.seal_contracts", "orders.register_contracts"},
    ),
    Role(
        "sales_accountant",
        _("Sales accountant"),
        conflicts=SALES | WAREHOUSE | {"admin", "finance"},
        opens_admin=True,
        permissions=READS_ALL
        | {"credit.enter_bank_lines", "credit.match", "customers.see_phones", "orders.sign_register_finance"},
    ),
    Role(
        "finance",
        _("Finance reviewer"),
        conflicts=SALES | WAREHOUSE | {"admin", "sales_accountant"},
        opens_admin=True,
        permissions=READS_ALL
        | {
            "customers.set_terms",
            "customers.change_credit_status",
            "customers.see_phones",
            "credit.approve_limit",
            "inventory.view_cost",
            "inventory.view_floor",
            "orders.review_quotes_finance",
            "orders.review_contracts_price",
            "orders.countersign_finance",
            "orders.reject_contracts",
            "orders.sign_register_finance",
            "credit.pass_finance",
            "credit.reject",
            "credit.void_remittance",
            "core.confirm_parameters",
        },
    ),
    Role(
        "cfo",
        _("Chief financial officer"),
        conflicts=SALES | WAREHOUSE | {"admin"},
        opens_admin=True,
        permissions=READS_ALL
        | {
            "core.confirm_company_bank",
            "core.confirm_parameters",
            "customers.set_terms",
            "credit.maintain_bank_accounts",
            "credit.approve_limit",
            "customers.see_phones",
            "customers.export",
            "inventory.view_cost",
            "inventory.view_floor",
            "orders.countersign_finance",
            "orders.reject_contracts",
            "orders.sign_register_finance",
        },
    ),
    Role(
        "general_manager",
        _("General manager"),
        conflicts=frozenset({"admin"}),
        opens_admin=True,
        permissions=READS_ALL
        | {
            "inventory.approve_price_list",
            "inventory.view_cost",
            "inventory.view_floor",
            "aftersales.view",
            "customers.see_phones",
            "customers.export",
            "orders.approve_prices",
            "orders.approve_contracts_gm",
            "orders.reject_contracts",
        },
    ),
    Role(
        "planning",
        _("Planning"),
        permissions=READS_SALES
        | {
            "orders.review_quotes_production",
            "orders.review_contracts_production",
            "orders.reject_contracts",
        },
    ),
    Role(
        "purchasing",
        _("Purchasing"),
        permissions=READS_SALES | {"orders.review_quotes_purchasing", "inventory.view_cost"},
    ),
    Role(
        "engineering",
        _("Technical department"),
        permissions=READS_SALES | {"orders.review_contracts_technical", "orders.reject_contracts"},
    ),
    Role(
        "picker",
        _("Picker"),
        conflicts=SALES | MONEY | {"admin"},
        permissions=frozenset(
            {"inventory.view", "fulfillment.view", "fulfillment.pick", "inventory.receive"}
        ),
    ),
    Role(
        "checker",
        _("Checker"),
        conflicts=SALES | MONEY | {"admin"},
        permissions=frozenset(
            {"inventory.view", "fulfillment.view", "fulfillment.check", "inventory.receive"}
        ),
    ),
    Role(
        "logistics",
        _("Logistics"),
        opens_admin=True,
        permissions=frozenset({"fulfillment.view", "fulfillment.track", "fulfillment.maintain_carriers"}),
    ),
    Role(
        "guard",
        _("Gate guard"),
        conflicts=SALES | MONEY | {"admin"},
        permissions=frozenset({"fulfillment.view", "fulfillment.gate_out"}),
    ),
    Role(
        "qc",
        _("Quality control"),
        permissions=frozenset(
            {
                "inventory.view",
                "inventory.release_batch",
                "orders.view",
                "customers.view",
                "core.comment",
                "orders.review_contracts_qc",
                "orders.reject_contracts",
            }
        ),
    ),
    Role(
        "legal",
        _("Legal"),
        opens_admin=True,
        permissions=READS_SALES | {"orders.review_contracts_legal", "orders.reject_contracts"},
    ),
    Role(
        "service",
        _("After-sales service"),
        permissions=READS_SALES | {"aftersales.answer_survey", "aftersales.view"},
    ),
    Role(
        "auditor",
        _("Auditor"),
        conflicts=SALES | MONEY | WAREHOUSE | {"admin"},
        permissions=(READS_ALL - {"core.comment"}) | {"core.view_trail", "aftersales.view"},  # reads only
        opens_admin=True,
    ),
    Role(
        "catalogue",
        _("Price and catalogue clerk"),
        permissions=READS_SALES
        | {"inventory.maintain_catalogue", "inventory.view_cost", "inventory.view_floor"},
        opens_admin=True,
    ),
    Role(
        "admin",
        _("System administrator"),
        conflicts=SALES | MONEY | WAREHOUSE | OTHER_DESKS,
        opens_admin=True,
        permissions=frozenset(
            {
                "core.maintain_company",
                "core.manage_people",
                "core.manage_tokens",
                "core.propose_parameters",
                "core.view_trail",
                "core.manage_calendar",
            }
        ),
    ),
    Role(
        "erp_client",
        _("ERP client"),
        is_for_clients=True,
        permissions=READS_SALES
        | {
            "credit.view",
            "customers.maintain",
            "customers.see_phones",
            "orders.handle_enquiries",
            "orders.make_quotes",
            "orders.apply_for_contracts",
            "orders.enter",
            "orders.edit",
            "orders.submit",
            "credit.record_remittance",
            "inventory.receive",
            "fulfillment.track",
        },
    ),
)
