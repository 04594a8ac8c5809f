from django.urls import path

from inventory import api

urlpatterns = [
    path("products/", api.ProductsView.as_view(), name="api-products"),
    path("products/<str:number>/", api.ProductView.as_view(), name="api-product"),
    path("prices/", api.PricesView.as_view(), name="api-prices"),
    path("price-lists/", api.PriceListsView.as_view(), name="api-price-lists"),
    path("price-lists/<str:number>/", api.PriceListView.as_view(), name="api-price-list"),
    path(
        "price-lists/<str:number>/approve/", api.ApprovePriceListView.as_view(), name="api-price-list-approve"
    ),
    path("warehouses/", api.WarehousesView.as_view(), name="api-warehouses"),
    path("stock/", api.StockView.as_view(), name="api-stock"),
    path("stock-movements/", api.MovementsView.as_view(), name="api-stock-movements"),
    path("receipts/", api.ReceiptsView.as_view(), name="api-receipts"),
]
