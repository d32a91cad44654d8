"""Numbers of people as somebody types them at the door; pure."""

import unicodedata

from outreach.errors import InvalidInputError
from outreach.i18n import N_


def whole_number(text: str, *, most: int, field: str = "") -> int:
    """A number from 0 to `most`, in the digits of any script. Raises InvalidInputError for anything else."""
    signs = text.strip()
    digits = "".join(str(unicodedata.decimal(sign, "")) for sign in signs)
    if digits and len(digits) == len(signs) <= len(str(most)) and int(digits) <= most:
        return int(digits)
    raise InvalidInputError(N_("Enter a whole number from 0 to %(most)s."), field=field, most=most)
