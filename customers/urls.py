from django.urls import include, path

from customers import views
from customers.views import parts, states

urlpatterns = [
    path("customers/", views.CustomersPage.as_view(), name="customers"),
    path("customers/options/", views.CustomerOptions.as_view(), name="customer-options"),
    path("customers/new/", views.NewCustomerPage.as_view(), name="customer_new"),
    path("customers/export/", states.ExportPage.as_view(), name="customers_export"),
    path("customers/<str:number>/", views.CustomerPage.as_view(), name="customer"),
    path("customers/<str:number>/edit/", views.EditCustomerPage.as_view(), name="customer_edit"),
    path("customers/<str:number>/terms/", views.TermsPage.as_view(), name="customer_terms"),
    path("customers/<str:number>/comments/", views.CustomerCommentPage.as_view(), name="customer_comment"),
    path("customers/<str:number>/freeze/", states.FreezePage.as_view(), name="customer_freeze"),
    path("customers/<str:number>/unfreeze/", states.UnfreezePage.as_view(), name="customer_unfreeze"),
    path("customers/<str:number>/stop/", states.StopPage.as_view(), name="customer_stop"),
    path("customers/<str:number>/resume/", states.ResumePage.as_view(), name="customer_resume"),
    path("customers/<str:number>/merge/", states.MergePage.as_view(), name="customer_merge"),
    path("customers/<str:number>/consent/", states.ConsentPage.as_view(), name="customer_consent"),
    path("customers/<str:number>/contacts/new/", parts.NewContactPage.as_view(), name="customer_contact_new"),
    path(
        "customers/<str:number>/contacts/<int:pk>/edit/",
        parts.EditContactPage.as_view(),
        name="customer_contact_edit",
    ),
    path(
        "customers/<str:number>/contacts/<int:pk>/remove/",
        parts.RemoveContactPage.as_view(),
        name="customer_contact_remove",
    ),
    path(
        "customers/<str:number>/contacts/<int:pk>/default/",
        parts.DefaultContactPage.as_view(),
        name="customer_contact_default",
    ),
    path(
        "customers/<str:number>/addresses/new/", parts.NewAddressPage.as_view(), name="customer_address_new"
    ),
    path(
        "customers/<str:number>/addresses/<int:pk>/edit/",
        parts.EditAddressPage.as_view(),
        name="customer_address_edit",
    ),
    path(
        "customers/<str:number>/addresses/<int:pk>/remove/",
        parts.RemoveAddressPage.as_view(),
        name="customer_address_remove",
    ),
    path(
        "customers/<str:number>/addresses/<int:pk>/default/",
        parts.DefaultAddressPage.as_view(),
        name="customer_address_default",
    ),
    path("", include("customers.work_urls")),
]
