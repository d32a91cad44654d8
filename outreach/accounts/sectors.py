"""Kinds of organizations, as the two plans name them; pure."""

from collections.abc import Mapping

from outreach.i18n import N_
from outreach.policy import LAW_ENFORCEMENT

SECTORS: Mapping[str, str] = {
    "local_government": N_("Local government"),
    "business": N_("Business"),
    "nonprofit": N_("Nonprofit"),
    "faith": N_("Faith community"),
    "higher_education": N_("Higher education"),
    LAW_ENFORCEMENT: N_("Law enforcement"),
    "library": N_("Library"),
    "workforce": N_("Workforce development"),
    "other": N_("Other"),
}
