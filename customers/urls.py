from django.urls import path

from customers import views

urlpatterns = [
    path("customers/", views.CustomersPage.as_view(), name="customers"),
    path("customers/options/", views.CustomerOptions.as_view(), name="customer-options"),
    path("customers/new/", views.NewCustomerPage.as_view(), name="customer_new"),
    path("customers/<str:number>/", views.CustomerPage.as_view(), name="customer"),
    path("customers/<str:number>/edit/", views.EditCustomerPage.as_view(), name="customer_edit"),
    path("customers/<str:number>/terms/", views.TermsPage.as_view(), name="customer_terms"),
    path("customers/<str:number>/contacts/new/", views.NewContactPage.as_view(), name="customer_contact_new"),
    path(
        "customers/<str:number>/addresses/new/", views.NewAddressPage.as_view(), name="customer_address_new"
    ),
]
