"""Tables of the plan feature."""

from outreach.plan.models.commitment import Commitment
from outreach.plan.models.plan import Plan
from outreach.plan.models.plan_node import PlanNode

__all__ = ["Commitment", "Plan", "PlanNode"]
