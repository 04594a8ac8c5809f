from django.urls import path

from fulfillment import api

NOTICE = "dispatch-notices/<str:number>/"
SHIPMENT = "shipments/<str:number>/"

urlpatterns = [
    path("dispatch-notices/", api.DispatchNoticesView.as_view(), name="api-dispatch-notices"),
    path(NOTICE, api.DispatchNoticeView.as_view(), name="api-dispatch-notice"),
    path(f"{NOTICE}events/", api.DispatchNoticeEventsView.as_view(), name="api-dispatch-notice-events"),
    path(f"{NOTICE}sign/", api.SignNoticeView.as_view(), name="api-dispatch-notice-sign"),
    path(f"{NOTICE}void/", api.VoidNoticeView.as_view(), name="api-dispatch-notice-void"),
    path("shipments/", api.ShipmentsView.as_view(), name="api-shipments"),
    path(SHIPMENT, api.ShipmentView.as_view(), name="api-shipment"),
    path(f"{SHIPMENT}events/", api.ShipmentEventsView.as_view(), name="api-shipment-events"),
    path(f"{SHIPMENT}pick/", api.PickView.as_view(), name="api-shipment-pick"),
    path(f"{SHIPMENT}check/", api.CheckView.as_view(), name="api-shipment-check"),
    path(f"{SHIPMENT}send-back/", api.SendBackView.as_view(), name="api-shipment-send-back"),
    path(f"{SHIPMENT}void/", api.VoidShipmentView.as_view(), name="api-shipment-void"),
    path(f"{SHIPMENT}gate-out/", api.GateOutView.as_view(), name="api-shipment-gate-out"),
    path(f"{SHIPMENT}proof/", api.ProofView.as_view(), name="api-shipment-proof"),
    path("gate-passes/", api.GatePassesView.as_view(), name="api-gate-passes"),
]
