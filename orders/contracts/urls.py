from django.urls import path

from orders.contracts.views import entry, listing, page, steps

urlpatterns = [
    path("contracts/", listing.ContractListPage.as_view(), name="contracts"),
    path("contracts/new/", entry.ContractNewPage.as_view(), name="contract_new"),
    path("contracts/queue/", listing.ContractQueuePage.as_view(), name="contract_queue"),
    path("contracts/totals/", entry.ContractTotalsView.as_view(), name="contract_totals"),
    path(
        "contracts/options/products/",
        entry.ContractProductOptionsView.as_view(),
        name="contract_product_options",
    ),
    path(
        "contracts/options/customers/",
        entry.ContractCustomerOptionsView.as_view(),
        name="contract_customer_options",
    ),
    path("contracts/<str:number>/", page.ContractPage.as_view(), name="contract"),
    path("contracts/<str:number>/edit/", entry.ContractEditPage.as_view(), name="contract_edit"),
    path("contracts/<str:number>/comment/", page.ContractCommentPage.as_view(), name="contract_comment"),
    path("contracts/<str:number>/paper.pdf", page.ContractPaperPage.as_view(), name="contract_paper"),
    path(
        "contracts/<str:number>/application.pdf",
        page.ContractApplicationPage.as_view(),
        name="contract_application",
    ),
    path("contracts/<str:number>/submit/", steps.SubmitPage.as_view(), name="contract_submit"),
    path("contracts/<str:number>/reopen/", steps.ReopenPage.as_view(), name="contract_reopen"),
    path("contracts/<str:number>/cancel/", steps.CancelPage.as_view(), name="contract_cancel"),
    path(
        "contracts/<str:number>/approve-manager/",
        steps.ApproveManagerPage.as_view(),
        name="contract_approve_manager",
    ),
    path(
        "contracts/<str:number>/sign/technical/",
        steps.SignTechnicalPage.as_view(),
        name="contract_sign_technical",
    ),
    path("contracts/<str:number>/sign/qc/", steps.SignQcPage.as_view(), name="contract_sign_qc"),
    path(
        "contracts/<str:number>/sign/production/",
        steps.SignProductionPage.as_view(),
        name="contract_sign_production",
    ),
    path("contracts/<str:number>/sign/price/", steps.SignPricePage.as_view(), name="contract_sign_price"),
    path("contracts/<str:number>/approve-gm/", steps.ApproveGmPage.as_view(), name="contract_approve_gm"),
    path(
        "contracts/<str:number>/approve-legal/",
        steps.ApproveLegalPage.as_view(),
        name="contract_approve_legal",
    ),
    path(
        "contracts/<str:number>/countersign/sales/",
        steps.CountersignSalesPage.as_view(),
        name="contract_countersign_sales",
    ),
    path(
        "contracts/<str:number>/countersign/finance/",
        steps.CountersignFinancePage.as_view(),
        name="contract_countersign_finance",
    ),
    path("contracts/<str:number>/reject/", steps.RejectPage.as_view(), name="contract_reject"),
    path("contracts/<str:number>/seal/", steps.SealPage.as_view(), name="contract_seal"),
    path("contracts/<str:number>/register/", steps.RegisterPage.as_view(), name="contract_enter"),
    path("contracts/<str:number>/scan/", steps.ScanPage.as_view(), name="contract_scan"),
    path("contracts/<str:number>/order/", entry.ContractOrderPage.as_view(), name="contract_order"),
    path("contracts/<str:number>/end/", steps.EndPage.as_view(), name="contract_end"),
    path("orders/<str:number>/contract/", steps.OrderContractPage.as_view(), name="order_contract"),
]
