"""Tables of core, one subject a module."""

from core.models.access import ApiToken, RoleGrant, User
from core.models.attachment import Attachment
from core.models.base import Document
from core.models.calendar import CalendarDay
from core.models.company import CompanyBank, CompanyProfile
from core.models.idempotency import IdempotencyRecord
from core.models.importing import ImportBatch, ImportRow
from core.models.job import Job
from core.models.numbering import NumberSeries
from core.models.outbox import Heartbeat, Notice
from core.models.parameter import ParameterValue
from core.models.trail import Event, TrailSeal

__all__ = [
    "ApiToken",
    "Attachment",
    "CalendarDay",
    "CompanyBank",
    "CompanyProfile",
    "Document",
    "Event",
    "Heartbeat",
    "IdempotencyRecord",
    "ImportBatch",
    "ImportRow",
    "Job",
    "Notice",
    "NumberSeries",
    "ParameterValue",
    "RoleGrant",
    "TrailSeal",
    "User",
]
