from django.urls import path

from credit.api import bank, customers, limits, orders, remittances

ORDER = "orders/<str:number>"
urlpatterns = [
    path(f"{ORDER}/check/", orders.CheckView.as_view(), name="api-order-check"),
    path(f"{ORDER}/pass-rep/", orders.PassRepView.as_view(), name="api-order-pass-rep"),
    path(f"{ORDER}/pass-manager/", orders.PassManagerView.as_view(), name="api-order-pass-manager"),
    path(f"{ORDER}/pass-marketing/", orders.PassMarketingView.as_view(), name="api-order-pass-marketing"),
    path(f"{ORDER}/pass-finance/", orders.PassFinanceView.as_view(), name="api-order-pass-finance"),
    path(f"{ORDER}/reject/", orders.RejectView.as_view(), name="api-order-reject"),
    path(f"{ORDER}/cancel/", orders.CancelView.as_view(), name="api-order-cancel"),
    path("remittances/", remittances.RemittancesView.as_view(), name="api-remittances"),
    path("remittances/<str:number>/", remittances.RemittanceView.as_view(), name="api-remittance"),
    path(
        "remittances/<str:number>/events/",
        remittances.RemittanceEventsView.as_view(),
        name="api-remittance-events",
    ),
    path(
        "remittances/<str:number>/allocate/",
        remittances.AllocateView.as_view(),
        name="api-remittance-allocate",
    ),
    path("remittances/<str:number>/void/", remittances.VoidView.as_view(), name="api-remittance-void"),
    path("bank-lines/", bank.BankLinesView.as_view(), name="api-bank-lines"),
    path("bank-matches/", bank.BankMatchesView.as_view(), name="api-bank-matches"),
    path(
        "customers/<str:number>/credit/", customers.CustomerCreditView.as_view(), name="api-customer-credit"
    ),
    path("credit-limits/", limits.CreditLimitsView.as_view(), name="api-credit-limits"),
    path("credit-limits/<str:number>/", limits.CreditLimitView.as_view(), name="api-credit-limit"),
    path(
        "credit-limits/<str:number>/events/",
        limits.CreditLimitEventsView.as_view(),
        name="api-credit-limit-events",
    ),
    path(
        "credit-limits/<str:number>/approve/",
        limits.ApproveLimitView.as_view(),
        name="api-credit-limit-approve",
    ),
    path(
        "credit-limits/<str:number>/refuse/", limits.RefuseLimitView.as_view(), name="api-credit-limit-refuse"
    ),
]
