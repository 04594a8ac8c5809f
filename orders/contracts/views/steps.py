"""The steps of a contract: each translates in, calls its service, and goes back to the contract."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from core.attachments import PICTURE_OR_PDF, store_attachment
from core.pages import ServiceFormPage, TransitionPage, visible_or_404
from orders.contracts import services
from orders.contracts.forms import LinkForm, ProductionSignForm, RegisterForm, ScanForm, SignForm
from orders.contracts.services.approving import SIGNINGS, Part
from orders.models import Contract, Order
from orders.services.contracts import LINKABLE, link_order, proposed_contract

SIGNED = gettext_lazy("Your signature on %(number)s is recorded.")


class ContractStep(TransitionPage):
    def documents(self) -> Any:
        return Contract.objects.visible_to(self.user)


class SubmitPage(ContractStep):
    permission = "orders.apply_for_contracts"
    done_message = gettext_lazy("%(number)s was submitted.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.submit_contract(document, actor=self.user, version=version, note=note)


class ReopenPage(ContractStep):
    permission = "orders.apply_for_contracts"
    done_message = gettext_lazy("%(number)s can be reworked.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.reopen_contract(document, actor=self.user, version=version, note=note)


class CancelPage(ContractStep):
    permission = "orders.apply_for_contracts"
    done_message = gettext_lazy("%(number)s was cancelled.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.cancel_contract(document, reason=note, actor=self.user, version=version)


class ApproveManagerPage(ContractStep):
    permission = "orders.approve_contracts_manager"
    done_message = SIGNED

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.approve_manager(document, actor=self.user, version=version, note=note)


class ApproveGmPage(ContractStep):
    permission = "orders.approve_contracts_gm"
    done_message = SIGNED

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.approve_gm(document, actor=self.user, version=version, note=note)


class ApproveLegalPage(ContractStep):
    permission = "orders.review_contracts_legal"
    done_message = SIGNED

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.approve_legal(document, actor=self.user, version=version, note=note)


class CountersignSalesPage(ContractStep):
    permission = "orders.countersign_sales"
    done_message = SIGNED

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.countersign(document, side="sales", actor=self.user, version=version, note=note)


class CountersignFinancePage(ContractStep):
    permission = "orders.countersign_finance"
    done_message = SIGNED

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.countersign(document, side="finance", actor=self.user, version=version, note=note)


class RejectPage(ContractStep):
    permission = "orders.reject_contracts"
    done_message = gettext_lazy("%(number)s was rejected.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.reject_contract(document, reason=note, actor=self.user, version=version)


class SealPage(ContractStep):
    permission = "orders.seal_contracts"
    done_message = gettext_lazy("The seal on %(number)s is recorded.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.seal_contract(document, actor=self.user, version=version, note=note)


class EndPage(ContractStep):
    permission = "orders.register_contracts"
    done_message = gettext_lazy("%(number)s has ended.")

    def act(self, document: Contract, *, version: int | None, note: str) -> Any:
        return services.end_contract(document, reason=note, actor=self.user, version=version)


# --- Steps with a form ----------------------------------------------------------------------------


class ContractFormPage(ServiceFormPage):
    """A form about one contract, with the version it was opened at."""

    title: Any = ""
    button: Any = ""
    template_name = "orders/contract_step.html"

    def contract(self) -> Contract:
        if not hasattr(self, "_contract"):
            contracts = Contract.objects.visible_to(self.user).for_display()
            self._contract: Contract = visible_or_404(contracts, number=self.kwargs["number"])
        return self._contract

    def get_initial(self) -> dict[str, Any]:
        return {"version": self.contract().version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": self.title, "button": self.button}
        return super().get_context_data(contract=self.contract(), **words, **kwargs)

    def get_success_url(self) -> str:
        return self.contract().get_absolute_url()

    def stored(self, upload: Any) -> Any:
        if not upload:
            return None
        return store_attachment(upload, kind="signed_copy", actor=self.user, allowed=PICTURE_OR_PDF)


class SignPage(ContractFormPage):
    """One of the four signatures on a special contract (CT-06)."""

    part = ""
    form_class: Any = SignForm
    button = gettext_lazy("Sign")
    done_message = gettext_lazy("Your signature is recorded.")

    @property
    def title(self) -> Any:
        return Part(self.part).label

    def act(self, form: Any) -> Any:
        data = form.cleaned_data
        services.sign_special(
            self.contract(),
            part=self.part,
            actor=self.user,
            version=data["version"],
            note=data["note"],
            promised_on=data.get("promised_on"),
        )
        return self.contract()


class SignTechnicalPage(SignPage):
    part, permission = Part.TECHNICAL, SIGNINGS[Part.TECHNICAL].permission


class SignQcPage(SignPage):
    part, permission = Part.QC, SIGNINGS[Part.QC].permission


class SignProductionPage(SignPage):
    part, permission = Part.PRODUCTION, SIGNINGS[Part.PRODUCTION].permission
    form_class = ProductionSignForm


class SignPricePage(SignPage):
    part, permission = Part.PRICE, SIGNINGS[Part.PRICE].permission


class RegisterPage(ContractFormPage):
    permission = "orders.register_contracts"
    form_class = RegisterForm
    title = gettext_lazy("Enter in the register")
    button = gettext_lazy("Enter in the register")
    done_message = gettext_lazy("The contract is in force.")

    def act(self, form: RegisterForm) -> Any:
        data = form.cleaned_data
        return services.register_contract(
            self.contract(),
            signed_on=data["signed_on"],
            signed_by_customer=data["signed_by_customer"],
            scan=self.stored(data["file"]),
            actor=self.user,
            version=data["version"],
        )


class ScanPage(ContractFormPage):
    permission = "orders.register_contracts"
    form_class = ScanForm
    title = gettext_lazy("File the signed copy")
    button = gettext_lazy("File the signed copy")
    done_message = gettext_lazy("The signed copy is filed.")

    def act(self, form: ScanForm) -> Any:
        data = form.cleaned_data
        return services.attach_signed_copy(
            self.contract(),
            attachment=self.stored(data["file"]),
            actor=self.user,
            version=data["version"],
        )


class OrderContractPage(ServiceFormPage):
    """Choosing the contract under which an order stands (CT-02, CT-07)."""

    permission = "orders.edit"
    form_class = LinkForm
    template_name = "orders/order_contract.html"
    done_message = gettext_lazy("The contract of %(number)s is chosen.")

    def order(self) -> Order:
        if not hasattr(self, "_order"):
            orders = Order.objects.visible_to(self.user).for_display()
            self._order: Order = visible_or_404(orders, number=self.kwargs["number"])
        return self._order

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "order": self.order()}

    def get_initial(self) -> dict[str, Any]:
        order = self.order()
        chosen = order.contract if order.contract is not None else proposed_contract(order.customer_id)
        return {"version": order.version, "contract": chosen.number if chosen is not None else ""}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = self.order()
        return super().get_context_data(order=order, is_open=order.status in LINKABLE, **kwargs)

    def act(self, form: LinkForm) -> Any:
        data = form.cleaned_data
        return link_order(self.order(), data["contract"], actor=self.user, version=data["version"])
