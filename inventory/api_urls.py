from django.urls import path

from inventory.api import prices, products, stock

LIST = "price-lists/<str:number>"
urlpatterns = [
    path("products/", products.ProductsView.as_view(), name="api-products"),
    path("products/<str:number>/", products.ProductView.as_view(), name="api-product"),
    path(
        "customers/<str:number>/part-numbers/",
        products.PartNumbersView.as_view(),
        name="api-customer-part-numbers",
    ),
    path("prices/", prices.PricesView.as_view(), name="api-prices"),
    path("price-lists/", prices.PriceListsView.as_view(), name="api-price-lists"),
    path(f"{LIST}/", prices.PriceListView.as_view(), name="api-price-list"),
    path(f"{LIST}/approve/", prices.ApprovePriceListView.as_view(), name="api-price-list-approve"),
    path(f"{LIST}/withdraw/", prices.WithdrawPriceListView.as_view(), name="api-price-list-withdraw"),
    path("warehouses/", stock.WarehousesView.as_view(), name="api-warehouses"),
    path("stock/", stock.StockView.as_view(), name="api-stock"),
    path("stock-movements/", stock.MovementsView.as_view(), name="api-stock-movements"),
    path("receipts/", stock.ReceiptsView.as_view(), name="api-receipts"),
]
