from django.urls import path

from customers import api

urlpatterns = [
    path("customers/", api.CustomersView.as_view(), name="api-customers"),
    path("customers/<str:number>/", api.CustomerView.as_view(), name="api-customer"),
    path("customers/<str:number>/events/", api.CustomerEventsView.as_view(), name="api-customer-events"),
    path("customers/<str:number>/contacts/", api.ContactsView.as_view(), name="api-customer-contacts"),
    path("customers/<str:number>/addresses/", api.AddressesView.as_view(), name="api-customer-addresses"),
]
