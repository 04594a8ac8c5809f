from django.urls import path

from customers.api import file, parts, states

CUSTOMER = "customers/<str:number>/"

urlpatterns = [
    path("customers/", file.CustomersView.as_view(), name="api-customers"),
    path(CUSTOMER, file.CustomerView.as_view(), name="api-customer"),
    path(f"{CUSTOMER}events/", file.CustomerEventsView.as_view(), name="api-customer-events"),
    path(f"{CUSTOMER}comments/", file.CustomerCommentsView.as_view(), name="api-customer-comments"),
    path(f"{CUSTOMER}contacts/", parts.ContactsView.as_view(), name="api-customer-contacts"),
    path(f"{CUSTOMER}contacts/<int:pk>/", parts.ContactView.as_view(), name="api-customer-contact"),
    path(
        f"{CUSTOMER}contacts/<int:pk>/erase/",
        parts.ContactEraseView.as_view(),
        name="api-customer-contact-erase",
    ),
    path(f"{CUSTOMER}addresses/", parts.AddressesView.as_view(), name="api-customer-addresses"),
    path(f"{CUSTOMER}addresses/<int:pk>/", parts.AddressView.as_view(), name="api-customer-address"),
    path(
        f"{CUSTOMER}addresses/<int:pk>/erase/",
        parts.AddressEraseView.as_view(),
        name="api-customer-address-erase",
    ),
    path(f"{CUSTOMER}freeze/", states.FreezeView.as_view(), name="api-customer-freeze"),
    path(f"{CUSTOMER}unfreeze/", states.UnfreezeView.as_view(), name="api-customer-unfreeze"),
    path(f"{CUSTOMER}stop/", states.StopView.as_view(), name="api-customer-stop"),
    path(f"{CUSTOMER}resume/", states.ResumeView.as_view(), name="api-customer-resume"),
    path(f"{CUSTOMER}merge/", states.MergeView.as_view(), name="api-customer-merge"),
    path(f"{CUSTOMER}consent/", states.ConsentView.as_view(), name="api-customer-consent"),
]
