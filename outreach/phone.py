"""Phone numbers: from what people type to E.164, and what of one may be shown; holds no list of anybody."""

import phonenumbers

from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: Registration is open to numbers of the North American plan inside the United States: the only
#: ones our senders can text at a known price (+1 876 and +1 809 share the prefix and do not count).
HOME_REGION = "US"

_TEXTABLE = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
}


def parse(text: str) -> str:
    """The number in E.164; any punctuation and the digits of any script are fine.

    Numbers 555-0100 to 555-0199 are kept for fiction and are accepted, so that a demo and a test
    can use numbers which ring nobody.

    Raises InvalidInputError (field "phone") for what cannot be a United States number.
    """
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and (_is_textable(number) or _is_fictional(number)):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise InvalidInputError(
        N_("Enter a phone number from the United States, with its area code, like 816 555 0123."),
        field="phone",
    )


def _is_textable(number: phonenumbers.PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number_for_region(number, HOME_REGION)
        and phonenumbers.number_type(number) in _TEXTABLE
    )


def _is_fictional(number: phonenumbers.PhoneNumber) -> bool:
    """Whether it is of a kept block, in an area code that is ours: 876 is Jamaica's, 900 costs extra."""
    national = phonenumbers.national_significant_number(number)
    if number.country_code != 1 or len(national) != 10 or national[3:8] != "55501":
        return False
    neighbor = phonenumbers.PhoneNumber(country_code=1, national_number=int(national[:3] + "2345678"))
    return _is_textable(neighbor)


def masked(phone: str) -> str:
    """What of a number may be shown to its owner on a screen: its last two digits."""
    return "••• ••" + phone[-2:]


def displayed(phone: str) -> str:
    """The number as people in the United States write it: 816-555-0123."""
    return f"{phone[-10:-7]}-{phone[-7:-4]}-{phone[-4:]}"
