"""Tables about plans."""

from outreach.plan.models.commitment import Commitment
from outreach.plan.models.plan import Plan
from outreach.plan.models.plan_change import PlanChange
from outreach.plan.models.plan_evidence import PlanEvidence
from outreach.plan.models.plan_item import PlanItem
from outreach.plan.models.plan_node import PlanNode

__all__ = ["Commitment", "Plan", "PlanChange", "PlanEvidence", "PlanItem", "PlanNode"]
