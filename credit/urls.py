from django.urls import path

from credit.views import bank, limits, orders, remittances, reviews

urlpatterns = [
    path("orders/<str:number>/check/", orders.CheckOrderPage.as_view(), name="order_check"),
    path("orders/<str:number>/pass-rep/", orders.PassRepPage.as_view(), name="order_pass_rep"),
    path("orders/<str:number>/pass-manager/", orders.PassManagerPage.as_view(), name="order_pass_manager"),
    path(
        "orders/<str:number>/pass-marketing/", orders.PassMarketingPage.as_view(), name="order_pass_marketing"
    ),
    path("orders/<str:number>/pass-finance/", orders.PassFinancePage.as_view(), name="order_pass_finance"),
    path("orders/<str:number>/reject/", orders.RejectOrderPage.as_view(), name="order_reject"),
    path("orders/<str:number>/cancel/", orders.CancelOrderPage.as_view(), name="order_cancel"),
    path(
        "orders/<str:number>/remittances/new/", remittances.RemittanceNewPage.as_view(), name="remittance_new"
    ),
    path("reviews/", reviews.ReviewQueuePage.as_view(), name="reviews"),
    path("remittances/", remittances.RemittanceListPage.as_view(), name="remittances"),
    path("remittances/<str:number>/", remittances.RemittanceDeskPage.as_view(), name="remittance"),
    path("remittances/<str:number>/match/", remittances.MatchPage.as_view(), name="remittance_match"),
    path(
        "remittances/<str:number>/correct/",
        remittances.CorrectRemittancePage.as_view(),
        name="remittance_correct",
    ),
    path("remittances/<str:number>/void/", remittances.VoidRemittancePage.as_view(), name="remittance_void"),
    path("bank-lines/", bank.BankLinesPage.as_view(), name="bank_lines"),
    path("credit-limits/", limits.LimitsPage.as_view(), name="credit_limits"),
    path("credit-limits/<str:number>/", limits.LimitPage.as_view(), name="credit_limit"),
    path(
        "credit-limits/<str:number>/approve/", limits.ApproveLimitPage.as_view(), name="credit_limit_approve"
    ),
    path("credit-limits/<str:number>/refuse/", limits.RefuseLimitPage.as_view(), name="credit_limit_refuse"),
    path("customers/<str:number>/limit/", limits.ProposeLimitPage.as_view(), name="credit_limit_new"),
    path("customers/<str:number>/credit-notes/", limits.NewCreditNotePage.as_view(), name="credit_note_new"),
]
