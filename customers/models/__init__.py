"""Tables of customers, one subject a module."""

from customers.models.change import ChangeReport, DataRecord
from customers.models.contact import Address, Contact
from customers.models.customer import Customer, CustomerQuerySet, customer_scope
from customers.models.grading import CarePlan, GradeHistory, GradeProposal, GradingRun
from customers.models.region import DeskAssignment, DeskAssignmentQuerySet, Region

__all__ = [
    "Address",
    "CarePlan",
    "ChangeReport",
    "Contact",
    "Customer",
    "CustomerQuerySet",
    "DataRecord",
    "DeskAssignment",
    "DeskAssignmentQuerySet",
    "GradeHistory",
    "GradeProposal",
    "GradingRun",
    "Region",
    "customer_scope",
]
