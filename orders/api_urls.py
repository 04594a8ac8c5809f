from django.urls import include, path

from orders import api, price_api

urlpatterns = [
    path("orders/", api.OrdersView.as_view(), name="api-orders"),
    path("orders/validate/", api.ValidateView.as_view(), name="api-orders-validate"),
    path("orders/import/", api.ImportView.as_view(), name="api-orders-import"),
    path("order-forms/", api.OrderFormView.as_view(), name="api-order-forms"),
    path("orders/<str:number>/", api.OrderView.as_view(), name="api-order"),
    path("orders/<str:number>/form.xlsx", api.FilledFormView.as_view(), name="api-order-form"),
    path("orders/<str:number>/events/", api.OrderEventsView.as_view(), name="api-order-events"),
    path("orders/<str:number>/comments/", api.OrderCommentsView.as_view(), name="api-order-comments"),
    path(
        "orders/<str:number>/approve-prices/",
        price_api.ApprovePricesView.as_view(),
        name="api-order-approve-prices",
    ),
    path("orders/<str:number>/submit/", api.SubmitView.as_view(), name="api-order-submit"),
    path("orders/<str:number>/reopen/", api.ReopenView.as_view(), name="api-order-reopen"),
    path(
        "orders/<str:number>/confirm-by-customer/",
        api.ConfirmByCustomerView.as_view(),
        name="api-order-confirm-by-customer",
    ),
    path("", include("orders.contracts.api_urls")),
    path("", include("orders.enquiries.api_urls")),
    path("", include("orders.quotes.api_urls")),
]
