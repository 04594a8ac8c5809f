from django.urls import path

from credit import api

ORDER = "orders/<str:number>"
urlpatterns = [
    path(f"{ORDER}/check/", api.CheckView.as_view(), name="api-order-check"),
    path(f"{ORDER}/pass-rep/", api.PassRepView.as_view(), name="api-order-pass-rep"),
    path(f"{ORDER}/pass-manager/", api.PassManagerView.as_view(), name="api-order-pass-manager"),
    path(f"{ORDER}/pass-marketing/", api.PassMarketingView.as_view(), name="api-order-pass-marketing"),
    path(f"{ORDER}/pass-finance/", api.PassFinanceView.as_view(), name="api-order-pass-finance"),
    path(f"{ORDER}/reject/", api.RejectView.as_view(), name="api-order-reject"),
    path(f"{ORDER}/cancel/", api.CancelView.as_view(), name="api-order-cancel"),
    path("remittances/", api.RemittancesView.as_view(), name="api-remittances"),
    path("remittances/<str:number>/", api.RemittanceView.as_view(), name="api-remittance"),
    path(
        "remittances/<str:number>/events/", api.RemittanceEventsView.as_view(), name="api-remittance-events"
    ),
    path("remittances/<str:number>/allocate/", api.AllocateView.as_view(), name="api-remittance-allocate"),
    path("remittances/<str:number>/void/", api.VoidView.as_view(), name="api-remittance-void"),
    path("bank-lines/", api.BankLinesView.as_view(), name="api-bank-lines"),
    path("bank-matches/", api.BankMatchesView.as_view(), name="api-bank-matches"),
    path("customers/<str:number>/credit/", api.CustomerCreditView.as_view(), name="api-customer-credit"),
]
