from django.urls import path

from fulfillment.views import dispatching, gate, shipments

urlpatterns = [
    path("dispatch/", dispatching.BoardView.as_view(), name="dispatch_board"),
    path("orders/<str:number>/dispatch/", dispatching.NoticeCreateView.as_view(), name="dispatch_notice_new"),
    *(
        path(
            f"orders/<str:number>/goods/{name.replace('_', '-')}/",
            dispatching.NextPaperView.as_view(step=name),
            name=f"order_goods_{name}",
        )
        for name in ("sign", "pick", "check", "gate_out", "deliver")
    ),
    path("dispatch/<str:number>/", dispatching.NoticeView.as_view(), name="dispatch_notice"),
    path("dispatch/<str:number>/sign/", dispatching.NoticeSignView.as_view(), name="dispatch_notice_sign"),
    path("dispatch/<str:number>/void/", dispatching.NoticeVoidView.as_view(), name="dispatch_notice_void"),
    path("gate/", gate.GateDeskView.as_view(), name="gate"),
    path("shipments/<str:number>/", shipments.ShipmentView.as_view(), name="shipment"),
    path("shipments/<str:number>/pick/", shipments.PickView.as_view(), name="shipment_pick"),
    path("shipments/<str:number>/check/", shipments.CheckView.as_view(), name="shipment_check"),
    path("shipments/<str:number>/void/", shipments.ShipmentVoidView.as_view(), name="shipment_void"),
    path("shipments/<str:number>/send-back/", shipments.SendBackView.as_view(), name="shipment_send_back"),
    path("shipments/<str:number>/proof/", shipments.DeliveryProofView.as_view(), name="shipment_proof"),
    path(
        "shipments/<str:number>/delivery-note.pdf",
        shipments.PaperView.as_view(paper="delivery_note"),
        name="delivery_note",
    ),
    path(
        "shipments/<str:number>/gate-pass.pdf",
        shipments.PaperView.as_view(paper="gate_pass"),
        name="gate_pass_paper",
    ),
    path(
        "shipments/<str:number>/pick-list.pdf",
        shipments.PaperView.as_view(paper="pick_list"),
        name="pick_list",
    ),
]
