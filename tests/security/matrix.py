"""Who may knock at which door: every route and method with what it asks for.

The table says what each door should ask for, on its own account; the test of the matrix compares it with what
the site does. A permission (or a tuple of which one is enough) stands for "the roles that carry it"; how the
roles carry them is fixed once more by hand in `DECISIONS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

ANYBODY = "anybody"
SIGNED_IN = "signed in"
OWNER = "owner"  # whoever asked for the work
NOBODY = "nobody"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

Guard = str | tuple[str, ...]


def reads(guard: Guard) -> dict[str, Guard]:
    return {"GET": guard}


def posts(guard: Guard) -> dict[str, Guard]:
    return {"POST": guard}


def form(guard: Guard, *, put: bool = False) -> dict[str, Guard]:
    """A page with a form; Django's own form pages take PUT for POST."""
    return {"GET": guard, "POST": guard, **({"PUT": guard} if put else {})}


REVIEWS = (
    "credit.check",
    "credit.pass_rep",
    "credit.pass_manager",
    "credit.pass_marketing",
    "credit.pass_finance",
    "orders.approve_prices",
)
CANCELS = "orders.cancel"
KEEPS_PARTS = ("inventory.maintain_catalogue", "customers.maintain")
REGISTER_SIDES = ("orders.sign_register_sales", "orders.sign_register_finance")
ENTERS = ("orders.enter", "orders.edit")

SIGNS_CONTRACTS = (
    "orders.approve_contracts_manager",
    "orders.review_contracts_technical",
    "orders.review_contracts_qc",
    "orders.review_contracts_production",
    "orders.review_contracts_price",
    "orders.approve_contracts_gm",
    "orders.review_contracts_legal",
    "orders.countersign_sales",
    "orders.countersign_finance",
    "orders.seal_contracts",
    "orders.register_contracts",
)
APPLIES = "orders.apply_for_contracts"
QUOTES = "orders.make_quotes"
REVIEWS_QUOTES = (
    "orders.review_quotes_finance",
    "orders.review_quotes_production",
    "orders.review_quotes_purchasing",
    "orders.approve_prices",
)

IMPORTS = ("customers.maintain", "inventory.maintain_catalogue")
IMPORTS_PRODUCTS = "inventory.maintain_catalogue"  # the import of the matrix is one of products

PAGES: dict[str, dict[str, Guard]] = {
    "imports": reads(IMPORTS),
    "import_new": form(IMPORTS),
    "import_template": reads(IMPORTS_PRODUCTS),
    "import_batch": reads(IMPORTS_PRODUCTS),
    "import_mapping": form(IMPORTS_PRODUCTS),
    "import_commit": posts(IMPORTS_PRODUCTS),
    "import_undo": posts(IMPORTS_PRODUCTS),
    "import_problems": reads(IMPORTS_PRODUCTS),
    "health-live": reads(ANYBODY),
    "health-ready": reads(ANYBODY),
    "login": form(ANYBODY, put=True),
    "logout": posts(ANYBODY),
    "language": posts(ANYBODY),
    "theme": posts(ANYBODY),
    "single-keys": posts(ANYBODY),
    "ui": reads(SIGNED_IN),
    "ui-job": reads(ANYBODY),
    "file": reads("credit.view"),  # the file of the matrix is the image of a slip
    "job": reads(OWNER),
    "my_tokens": form(SIGNED_IN),
    "my_token_revoke": posts(OWNER),
    "home": reads(SIGNED_IN),
    "work_tiles": reads(SIGNED_IN),
    "work_pile": reads("orders.submit"),  # the pile of the matrix is that of drafts
    "palette": reads(SIGNED_IN),
    "customers": reads("customers.view"),
    "customer-options": reads("customers.view"),
    "customer": reads("customers.view"),
    "customer_new": form("customers.maintain", put=True),
    "customer_edit": form("customers.maintain", put=True),
    "customer_contact_new": form("customers.maintain", put=True),
    "customer_address_new": form("customers.maintain", put=True),
    "customer_terms": form("customers.set_terms", put=True),
    "customers_export": form("customers.export", put=True),
    "customer_comment": posts("core.comment"),
    "customer_freeze": posts("customers.change_credit_status"),
    "customer_unfreeze": posts("customers.change_credit_status"),
    "customer_stop": posts("customers.change_status"),
    "customer_resume": posts("customers.change_status"),
    "customer_merge": form("customers.merge", put=True),
    "customer_consent": form("customers.maintain", put=True),
    "customer_contact_edit": form("customers.maintain", put=True),
    "customer_contact_remove": form("customers.maintain", put=True),
    "customer_contact_default": posts("customers.maintain"),
    "customer_address_edit": form("customers.maintain", put=True),
    "customer_address_remove": form("customers.maintain", put=True),
    "customer_address_default": posts("customers.maintain"),
    "customer_changes": reads("customers.view"),
    "customer_change_new": form("customers.maintain", put=True),
    "customer_change_apply": form("customers.maintain", put=True),
    "customer_change_withdraw": posts("customers.maintain"),
    "grading_runs": reads("customers.view"),
    "grading_start": posts("customers.confirm_grades"),
    "grading_run": reads("customers.view"),
    "grading_confirm": posts("customers.confirm_grades"),
    "grade_proposal": reads("customers.view"),
    "grade_confirm": posts("customers.confirm_grades"),
    "grade_keep": posts("customers.confirm_grades"),
    "care_plans": reads("customers.view"),
    "care_plan_write": form("customers.maintain", put=True),
    "desks": {"GET": "customers.view", "POST": "customers.delegate", "PUT": "customers.delegate"},
    "desk_delegation_end": posts("customers.delegate"),
    "credit_limits": reads("credit.view"),
    "credit_limit": reads("credit.view"),
    "credit_limit_new": form("credit.propose_limit", put=True),
    "credit_limit_approve": posts("credit.approve_limit"),
    "credit_limit_refuse": posts("credit.approve_limit"),
    "credit_note_new": form(("credit.propose_limit", "credit.approve_limit"), put=True),
    "stock": reads("inventory.view"),
    "stock_receive": form("inventory.receive"),
    "receipt": reads("inventory.view"),
    "product-options": reads("inventory.view"),
    "products": reads("inventory.view"),
    "product": reads("inventory.view"),
    "product_new": form("inventory.maintain_catalogue", put=True),
    "product_edit": form("inventory.maintain_catalogue", put=True),
    "product_discontinue": posts("inventory.maintain_catalogue"),
    "product_reactivate": posts("inventory.maintain_catalogue"),
    "product_part_new": form(KEEPS_PARTS, put=True),
    "part_remove": posts(KEEPS_PARTS),
    "price_lists": reads("inventory.view_prices"),
    "price_list": reads("inventory.view_prices"),
    "price_list_new": form("inventory.maintain_catalogue", put=True),
    "price_list_copy": form("inventory.maintain_catalogue", put=True),
    "price_list_approve": posts("inventory.approve_price_list"),
    "price_list_withdraw": posts(("inventory.maintain_catalogue", "inventory.approve_price_list")),
    "contracts": reads("orders.view"),
    "contract_new": form(APPLIES),
    "contract_queue": reads(SIGNS_CONTRACTS),
    "contract_totals": posts(APPLIES),
    "contract_product_options": reads(APPLIES),
    "contract_customer_options": reads(APPLIES),
    "contract": reads("orders.view"),
    "contract_edit": form(APPLIES),
    "contract_comment": posts("core.comment"),
    "contract_paper": reads("orders.view"),
    "contract_application": reads("orders.view"),
    "contract_submit": posts(APPLIES),
    "contract_reopen": posts(APPLIES),
    "contract_cancel": posts(APPLIES),
    "contract_approve_manager": posts("orders.approve_contracts_manager"),
    "contract_sign_technical": form("orders.review_contracts_technical", put=True),
    "contract_sign_qc": form("orders.review_contracts_qc", put=True),
    "contract_sign_production": form("orders.review_contracts_production", put=True),
    "contract_sign_price": form("orders.review_contracts_price", put=True),
    "contract_approve_gm": posts("orders.approve_contracts_gm"),
    "contract_approve_legal": posts("orders.review_contracts_legal"),
    "contract_countersign_sales": posts("orders.countersign_sales"),
    "contract_countersign_finance": posts("orders.countersign_finance"),
    "contract_reject": posts("orders.reject_contracts"),
    "contract_seal": posts("orders.seal_contracts"),
    "contract_enter": form("orders.register_contracts", put=True),
    "contract_scan": form("orders.register_contracts", put=True),
    "contract_end": posts("orders.register_contracts"),
    "contract_order": reads("orders.enter"),
    "order_contract": form("orders.edit", put=True),
    "quotes": reads("orders.view"),
    "quote": reads("orders.view"),
    "quote_compare": reads("orders.view"),
    "quote_paper": reads("orders.view"),
    "quote_comment": posts("core.comment"),
    "quote_new": form(QUOTES),
    "quote_edit": form(QUOTES),
    "quote_totals": posts(QUOTES),
    "quote_product_options": reads(QUOTES),
    "quote_customer_options": reads(QUOTES),
    "quote_submit": posts(QUOTES),
    "quote_withdraw": posts(QUOTES),
    "quote_revise": posts(QUOTES),
    "quote_reviews": reads(REVIEWS_QUOTES),
    "quote_review": posts(REVIEWS_QUOTES),
    "quote_send": form("orders.send_quotes", put=True),
    "quote_accept": form("orders.send_quotes", put=True),
    "quote_decline": form("orders.send_quotes", put=True),
    "quote_convert": posts("orders.enter"),
    "enquiries": reads("orders.view"),
    "enquiry_new": form("orders.handle_enquiries"),
    "enquiry_figures": reads("orders.view"),
    "enquiry_product_options": reads("orders.handle_enquiries"),
    "enquiry": reads("orders.view"),
    "enquiry_edit": form("orders.handle_enquiries"),
    "enquiry_note": reads("orders.view"),
    "enquiry_respond": posts("orders.handle_enquiries"),
    "enquiry_confirm": form("orders.handle_enquiries", put=True),
    "enquiry_close": form("orders.handle_enquiries", put=True),
    "enquiry_reopen": posts("orders.handle_enquiries"),
    "enquiry_reassign": form("orders.handle_enquiries", put=True),
    "enquiry_link": form("orders.handle_enquiries", put=True),
    "enquiry_open_customer": form("customers.maintain", put=True),
    "enquiry_comment": posts("core.comment"),
    "orders": reads("orders.view"),
    "order": reads("orders.view"),
    "order_new": form("orders.enter"),
    "order_upload": form("orders.enter"),
    "order_form": reads("orders.enter"),
    "order_totals": posts(ENTERS),
    "order_product_options": reads(ENTERS),
    "order_customer_options": reads(("orders.enter", "orders.view")),
    "order_edit": form("orders.edit"),
    "order_filled_form": reads("orders.view"),
    "order_approve_prices": posts("orders.approve_prices"),
    "order_submit": posts("orders.submit"),
    "order_confirm": form("orders.confirm_by_customer", put=True),
    "order_reopen": posts("orders.edit"),
    "order_check": posts("credit.check"),
    "order_pass_rep": posts("credit.pass_rep"),
    "order_pass_manager": posts("credit.pass_manager"),
    "order_pass_marketing": posts("credit.pass_marketing"),
    "order_pass_finance": posts("credit.pass_finance"),
    "order_reject": posts("credit.reject"),
    "order_cancel": posts(CANCELS),
    "reviews": reads(REVIEWS),
    "remittances": reads("credit.view"),
    "remittance": reads("credit.view"),
    "remittance_new": form("credit.record_remittance", put=True),
    "remittance_match": posts("credit.match"),
    "remittance_correct": posts("credit.match"),
    "remittance_void": posts("credit.void_remittance"),
    "bank_lines": {
        "GET": "credit.view",
        "POST": "credit.enter_bank_lines",
        "PUT": "credit.enter_bank_lines",
    },
    "dispatch_board": reads("fulfillment.view"),
    "dispatch_notice_new": form("fulfillment.make_notice"),
    **{
        f"order_goods_{step}": reads("fulfillment.view")
        for step in ("sign", "pick", "check", "gate_out", "deliver")
    },
    "dispatch_notice": reads("fulfillment.view"),
    "dispatch_notice_sign": posts("fulfillment.sign_notice"),
    "dispatch_notice_void": posts("fulfillment.make_notice"),
    "gate": form("fulfillment.gate_out"),
    "shipment": reads("fulfillment.view"),
    "shipment_pick": form("fulfillment.pick"),
    "shipment_check": form("fulfillment.check"),
    "shipment_send_back": posts("fulfillment.check"),
    "shipment_void": posts("fulfillment.make_notice"),
    "shipment_proof": form("fulfillment.record_delivery"),
    "delivery_note": reads("fulfillment.view"),
    "gate_pass_paper": reads("fulfillment.view"),
    "pick_list": reads("fulfillment.view"),
    "surveys": {"GET": "aftersales.view", "POST": "aftersales.answer_survey"},
    "monthly_report": reads("reports.view"),
    "monthly_export": posts("reports.view"),
    "monthly_rows": reads("reports.view"),
    "contract_register": reads("credit.view"),
    "register_take": posts(REGISTER_SIDES),
    "register_explain": posts(REGISTER_SIDES),
    "register_sign": posts(REGISTER_SIDES),
    "register_export": posts("credit.view"),
    "customer_analysis": reads("credit.view"),
    "customer_analysis_export": posts("credit.view"),
}

API: dict[str, dict[str, Guard]] = {
    "api-schema": reads(ANYBODY),
    "api-docs": reads(ANYBODY),
    "api-events": reads(SIGNED_IN),
    "api-job": reads(OWNER),
    "api-settings": reads(SIGNED_IN),
    "api-file": reads("credit.view"),
    "api-customers": {"GET": "customers.view", "POST": "customers.maintain"},
    "api-customer": {"GET": "customers.view", "PATCH": "customers.maintain"},
    "api-customer-events": reads("customers.view"),
    "api-customer-contacts": {"GET": "customers.view", "POST": "customers.maintain"},
    "api-customer-addresses": {"GET": "customers.view", "POST": "customers.maintain"},
    "api-customer-credit": reads("credit.view"),
    "api-customer-comments": {"GET": "customers.view", "POST": "core.comment"},
    "api-customer-contact": {"PATCH": "customers.maintain"},
    "api-customer-contact-erase": posts("customers.maintain"),
    "api-customer-address": {"PATCH": "customers.maintain"},
    "api-customer-address-erase": posts("customers.maintain"),
    "api-customer-freeze": posts("customers.change_credit_status"),
    "api-customer-unfreeze": posts("customers.change_credit_status"),
    "api-customer-stop": posts("customers.change_status"),
    "api-customer-resume": posts("customers.change_status"),
    "api-customer-merge": posts("customers.merge"),
    "api-customer-consent": posts("customers.maintain"),
    "api-products": {"GET": "inventory.view", "POST": "inventory.maintain_catalogue"},
    "api-product": {"GET": "inventory.view", "PATCH": "inventory.maintain_catalogue"},
    "api-customer-part-numbers": {"GET": "inventory.view", "POST": "customers.maintain"},
    "api-prices": reads("inventory.view_prices"),
    "api-price-lists": {"GET": "inventory.view_prices", "POST": "inventory.maintain_catalogue"},
    "api-price-list": reads("inventory.view_prices"),
    "api-price-list-approve": posts("inventory.approve_price_list"),
    "api-price-list-withdraw": posts("inventory.maintain_catalogue"),
    "api-warehouses": reads("inventory.view"),
    "api-stock": reads("inventory.view"),
    "api-stock-movements": reads("inventory.view"),
    "api-receipts": posts("inventory.receive"),
    "api-orders": {"GET": "orders.view", "POST": "orders.enter"},
    "api-orders-validate": posts("orders.enter"),
    "api-orders-import": posts("orders.enter"),
    "api-order-forms": reads("orders.enter"),
    "api-order": {"GET": "orders.view", "PATCH": "orders.edit"},
    "api-order-form": reads("orders.view"),
    "api-order-events": reads("orders.view"),
    "api-order-comments": {"GET": "orders.view", "POST": "core.comment"},
    "api-order-approve-prices": posts("orders.approve_prices"),
    "api-order-submit": posts("orders.submit"),
    "api-order-reopen": posts("orders.edit"),
    "api-order-confirm-by-customer": posts("orders.confirm_by_customer"),
    "api-order-check": posts("credit.check"),
    "api-order-pass-rep": posts("credit.pass_rep"),
    "api-order-pass-manager": posts("credit.pass_manager"),
    "api-order-pass-marketing": posts("credit.pass_marketing"),
    "api-order-pass-finance": posts("credit.pass_finance"),
    "api-order-reject": posts("credit.reject"),
    "api-order-cancel": posts(CANCELS),
    "api-contracts": {"GET": "orders.view", "POST": APPLIES},
    "api-contract": {"GET": "orders.view", "PATCH": APPLIES},
    "api-contract-submit": posts(APPLIES),
    "api-contract-reopen": posts(APPLIES),
    "api-contract-cancel": posts(APPLIES),
    "api-contract-approve": posts("orders.reject_contracts"),
    "api-contract-countersign": posts("orders.reject_contracts"),
    "api-contract-reject": posts("orders.reject_contracts"),
    "api-contract-seal": posts("orders.seal_contracts"),
    "api-contract-enter": posts("orders.register_contracts"),
    "api-contract-end": posts("orders.register_contracts"),
    "api-contract-supplement": posts(APPLIES),
    "api-contract-events": reads("orders.view"),
    "api-contract-comments": {"GET": "orders.view", "POST": "core.comment"},
    "api-quotes": {"GET": "orders.view", "POST": QUOTES},
    "api-quote": {"GET": "orders.view", "PATCH": QUOTES},
    "api-quote-pdf": reads("orders.view"),
    "api-quote-events": reads("orders.view"),
    "api-quote-comments": {"GET": "orders.view", "POST": "core.comment"},
    "api-quote-submit": posts(QUOTES),
    "api-quote-withdraw": posts(QUOTES),
    "api-quote-approve": posts(REVIEWS_QUOTES),
    "api-quote-refuse": posts(REVIEWS_QUOTES),
    "api-quote-send": posts("orders.send_quotes"),
    "api-quote-accept": posts("orders.send_quotes"),
    "api-quote-decline": posts("orders.send_quotes"),
    "api-quote-revise": posts(QUOTES),
    "api-quote-convert": posts("orders.enter"),
    "api-enquiries": {"GET": "orders.view", "POST": "orders.handle_enquiries"},
    "api-enquiry": {"GET": "orders.view", "PATCH": "orders.handle_enquiries"},
    "api-enquiry-respond": posts("orders.handle_enquiries"),
    "api-enquiry-confirm-demand": posts("orders.handle_enquiries"),
    "api-enquiry-close": posts("orders.handle_enquiries"),
    "api-enquiry-reopen": posts("orders.handle_enquiries"),
    "api-enquiry-reassign": posts("orders.handle_enquiries"),
    "api-enquiry-link-customer": posts("orders.handle_enquiries"),
    "api-enquiry-events": reads("orders.view"),
    "api-enquiry-comments": {"GET": "orders.view", "POST": "core.comment"},
    "api-remittances": {"GET": "credit.view", "POST": "credit.record_remittance"},
    "api-remittance": reads("credit.view"),
    "api-remittance-events": reads("credit.view"),
    "api-remittance-allocate": posts("credit.record_remittance"),
    "api-remittance-void": posts("credit.void_remittance"),
    "api-credit-limits": {"GET": "credit.view", "POST": "credit.propose_limit"},
    "api-credit-limit": reads("credit.view"),
    "api-credit-limit-events": reads("credit.view"),
    "api-credit-limit-approve": posts("credit.approve_limit"),
    "api-credit-limit-refuse": posts("credit.approve_limit"),
    "api-bank-lines": {"GET": "credit.view", "POST": "credit.enter_bank_lines"},
    "api-bank-matches": posts("credit.match"),
    "api-dispatch-notices": {"GET": "fulfillment.view", "POST": "fulfillment.make_notice"},
    "api-dispatch-notice": reads("fulfillment.view"),
    "api-dispatch-notice-events": reads("fulfillment.view"),
    "api-dispatch-notice-sign": posts("fulfillment.sign_notice"),
    "api-dispatch-notice-void": posts("fulfillment.make_notice"),
    "api-shipments": reads("fulfillment.view"),
    "api-shipment": reads("fulfillment.view"),
    "api-shipment-events": reads("fulfillment.view"),
    "api-shipment-pick": posts("fulfillment.pick"),
    "api-shipment-check": posts("fulfillment.check"),
    "api-shipment-send-back": posts("fulfillment.check"),
    "api-shipment-void": posts("fulfillment.make_notice"),
    "api-shipment-gate-out": posts("fulfillment.gate_out"),
    "api-shipment-proof": {"GET": "fulfillment.view", "POST": "fulfillment.record_delivery"},
    "api-gate-passes": reads("fulfillment.view"),
    "api-surveys": {"GET": "aftersales.view", "POST": "aftersales.answer_survey"},
    "api-surveys-due": reads("aftersales.view"),
    "api-monthly-report": reads("reports.view"),
    "api-contract-register": reads("credit.view"),
}

LEDGERS = ("credit.match", "credit.pass_finance", "core.view_trail", "core.confirm_parameters")
DECIDED = ("credit.pass_finance", "core.view_trail", "core.confirm_parameters")
CATALOGUE = "inventory.maintain_catalogue"


@dataclass(frozen=True, slots=True)
class AdminDoors:
    """One kind of object in the administration; `extra` are pages of its own by their short name."""

    view: Guard
    add: Guard = NOBODY
    change: Guard = NOBODY
    delete: Guard = NOBODY
    extra: Mapping[str, Guard] | None = None


ADMIN: dict[str, AdminDoors] = {
    "core.User": AdminDoors(
        ("core.manage_people", "core.view_trail"), "core.manage_people", "core.manage_people"
    ),
    "core.ParameterValue": AdminDoors(
        ("core.propose_parameters", "core.confirm_parameters", "core.view_trail"), "core.propose_parameters"
    ),
    "core.CalendarDay": AdminDoors(
        ("core.manage_calendar", "core.view_trail"),
        "core.manage_calendar",
        "core.manage_calendar",
        "core.manage_calendar",
    ),
    "core.CompanyProfile": AdminDoors(
        ("core.maintain_company", "core.confirm_company_bank", "core.view_trail"),
        "core.maintain_company",
        "core.maintain_company",
    ),
    "core.CompanyBank": AdminDoors(
        ("core.maintain_company", "core.confirm_company_bank", "core.view_trail"), "core.maintain_company"
    ),
    "core.ApiToken": AdminDoors(("core.manage_tokens", "core.view_trail"), "core.manage_tokens"),
    "core.Event": AdminDoors("core.view_trail"),
    "core.Notice": AdminDoors(("core.view_trail", "core.manage_people")),
    "customers.Customer": AdminDoors(
        "customers.view",
        change="customers.maintain",
        extra={"simple_history": "customers.view"},
    ),
    "customers.ChangeReport": AdminDoors("customers.view"),
    "customers.GradingRun": AdminDoors("customers.view"),
    "customers.GradeProposal": AdminDoors("customers.view"),
    "customers.GradeHistory": AdminDoors("customers.confirm_grades"),
    "customers.CarePlan": AdminDoors("customers.view"),
    "credit.CreditLimitChange": AdminDoors("credit.view"),
    "credit.CreditNote": AdminDoors("credit.view"),
    "customers.Region": AdminDoors(("customers.view", "core.manage_people"), "core.manage_people"),
    "customers.DeskAssignment": AdminDoors(
        ("customers.delegate", "core.manage_people"), ("customers.delegate", "core.manage_people")
    ),
    "orders.Enquiry": AdminDoors("orders.view"),
    "inventory.Product": AdminDoors("inventory.view", CATALOGUE, CATALOGUE),
    "inventory.PriceList": AdminDoors("inventory.view_prices", CATALOGUE),
    "inventory.Warehouse": AdminDoors("inventory.view", CATALOGUE),
    "inventory.StockLevel": AdminDoors("inventory.view"),
    "inventory.Reservation": AdminDoors("inventory.view"),
    "inventory.StockMovement": AdminDoors("inventory.view"),
    "inventory.Batch": AdminDoors("inventory.view"),
    "orders.Order": AdminDoors("orders.view"),
    "orders.OrderForm": AdminDoors("orders.view"),
    "orders.Quote": AdminDoors("orders.view"),
    "orders.QuoteForReview": AdminDoors(("orders.approve_prices", "orders.review_quotes_finance")),
    "orders.Contract": AdminDoors("orders.view"),
    "orders.ContractForApproval": AdminDoors(SIGNS_CONTRACTS),
    "credit.OrderForReview": AdminDoors(
        ("credit.pass_manager", "credit.pass_marketing", "credit.pass_finance", "orders.approve_prices"),
        extra={"decide": ("credit.pass_manager", "credit.pass_marketing", "credit.pass_finance")},
    ),
    "credit.BankAccount": AdminDoors("credit.view", "credit.maintain_bank_accounts"),
    "fulfillment.Carrier": AdminDoors("fulfillment.view", "fulfillment.maintain_carriers"),
    "credit.BankLine": AdminDoors(
        ("credit.enter_bank_lines", "credit.match", "credit.pass_finance", "core.view_trail"),
        "credit.enter_bank_lines",
    ),
    "credit.Remittance": AdminDoors(("credit.match", "credit.pass_finance", "core.view_trail")),
    "credit.LedgerEntry": AdminDoors(LEDGERS),
    "credit.Posting": AdminDoors(LEDGERS),
    "credit.CreditDecision": AdminDoors(DECIDED),
    "credit.Review": AdminDoors(DECIDED),
}

TECHNICAL_APPS = {"django_celery_beat"}
"""Apps of others whose pages in the administration only a superuser opens; no business lies there."""

ADMIN_SITE = {
    "index", "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n",
    "view_on_site", "app_list", "",
}  # fmt: skip
"""The administration's own pages, beside those of its objects; Unfold adds the others."""
UNFOLD = {"search", "toggle_sidebar"}

DECISIONS: dict[str, frozenset[str]] = {
    "orders.make_quotes": frozenset({"sales_assistant", "salesperson", "sales_manager", "erp_client"}),
    "orders.review_quotes_finance": frozenset({"finance"}),
    "orders.review_quotes_production": frozenset({"planning"}),
    "orders.review_quotes_purchasing": frozenset({"purchasing"}),
    "orders.approve_prices": frozenset({"sales_manager", "marketing_director", "general_manager"}),
    # The acts that decide, sign, verify or move, and the roles of the step matrix that carry them (IC-01, IC-02).
    "credit.check": frozenset({"sales_assistant"}),
    "credit.pass_rep": frozenset({"salesperson"}),
    "credit.pass_manager": frozenset({"sales_manager"}),
    "credit.pass_marketing": frozenset({"marketing_manager"}),
    "credit.pass_finance": frozenset({"finance"}),
    "credit.match": frozenset({"sales_accountant"}),
    "credit.enter_bank_lines": frozenset({"sales_accountant"}),
    "customers.set_terms": frozenset({"finance", "cfo"}),
    "customers.confirm_grades": frozenset({"sales_manager"}),
    "customers.delegate": frozenset({"sales_manager"}),
    "credit.approve_limit": frozenset({"finance", "cfo"}),
    "core.confirm_parameters": frozenset({"finance", "cfo"}),
    "core.propose_parameters": frozenset({"admin"}),
    "core.maintain_company": frozenset({"admin"}),
    "orders.sign_register_sales": frozenset({"sales_manager"}),
    "orders.sign_register_finance": frozenset({"sales_accountant", "finance", "cfo"}),
    "core.confirm_company_bank": frozenset({"cfo"}),
    "core.manage_people": frozenset({"admin"}),
    "core.manage_tokens": frozenset({"admin"}),
    "inventory.maintain_catalogue": frozenset({"catalogue"}),
    "inventory.approve_price_list": frozenset({"general_manager"}),
    "fulfillment.make_notice": frozenset({"sales_assistant", "salesperson"}),
    "fulfillment.sign_notice": frozenset({"sales_manager"}),
    "fulfillment.pick": frozenset({"picker"}),
    "fulfillment.check": frozenset({"checker"}),
    "fulfillment.gate_out": frozenset({"guard"}),
    "fulfillment.record_delivery": frozenset({"sales_assistant", "salesperson"}),
    "orders.cancel_any": frozenset({"sales_manager"}),
    "orders.apply_for_contracts": frozenset(
        {"sales_assistant", "salesperson", "sales_manager", "erp_client"}
    ),
    "orders.approve_contracts_manager": frozenset({"sales_manager"}),
    "orders.review_contracts_technical": frozenset({"engineering"}),
    "orders.review_contracts_qc": frozenset({"qc"}),
    "orders.review_contracts_production": frozenset({"planning"}),
    "orders.review_contracts_price": frozenset({"finance"}),
    "orders.approve_contracts_gm": frozenset({"general_manager"}),
    "orders.review_contracts_legal": frozenset({"legal"}),
    "orders.countersign_sales": frozenset({"sales_manager", "marketing_director"}),
    "orders.countersign_finance": frozenset({"finance", "cfo"}),
    "orders.seal_contracts": frozenset({"sales_assistant", "review_clerk"}),
    "orders.register_contracts": frozenset({"sales_assistant", "review_clerk", "sales_manager"}),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A route as the resolver has it. `methods` is empty where a plain function decides them itself."""

    name: str
    pattern: str
    methods: frozenset[str]


def every_door() -> list[Door]:
    """All routes of the site, by walking the resolver."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: Any, prefix: str, space: str) -> Iterator[Door]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inside)
        else:
            yield Door(f"{space}{pattern.name or ''}", path, _methods(pattern))


def _methods(pattern: URLPattern) -> frozenset[str]:
    view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
    if view is None:
        return frozenset()
    answered = {name for name in view.http_method_names if hasattr(view, name)}
    return frozenset(name.upper() for name in answered - {"head", "options", "trace"})


def admin_doors() -> dict[str, Guard]:
    """The declared pages of our objects in the administration by route name, for GET."""
    found: dict[str, Guard] = {}
    for label, doors in ADMIN.items():
        base = f"admin:{label.lower().replace('.', '_')}"
        found |= {f"{base}_changelist": doors.view, f"{base}_history": doors.view}
        found |= {f"{base}_change": doors.view, f"{base}_add": doors.add, f"{base}_delete": doors.delete}
        found |= {f"{base}_{name}": guard for name, guard in (doors.extra or {}).items()}
    return found


def registered_labels() -> set[str]:
    return {model._meta.label for model in admin.site._registry}
