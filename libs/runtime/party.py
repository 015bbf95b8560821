"""`party_ref`: a keyed hash of a contact, which joins one person's complaints without naming the person.

Pure. Lives here: how a contact is written down in one way before it is hashed. Must not: any contact kept anywhere.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

_PHONE = re.compile(r"\+?[0-9]{5,20}", re.ASCII)
_PHONE_ORNAMENT = str.maketrans("", "", " -().\u00a0\u2010\u2011\u2013/")
_MAINLAND_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})", re.ASCII)


def party_ref(secret: bytes, contact: str) -> str:
    """The keyed hash of a contact: the same for the same phone number or address, however it is written."""
    content = b"contact:" + normal_form(contact).encode("utf-8", "replace")
    return "party-" + hmac.digest(secret, content, hashlib.sha256)[:16].hex()


def party_refs(secrets: Sequence[bytes], contact: str) -> list[str]:
    """By each secret, the newest first: whoever is known keeps the one that they were met under."""
    return [party_ref(secret, contact) for secret in secrets]


def normal_form(contact: str) -> str:
    """One way to write a contact: full-width forms, case, spaces and the ornaments of phone numbers do not count.

    A bare Chinese mobile number is the same as the one with +86; `00` before a number is its `+`.
    """
    text = " ".join(unicodedata.normalize("NFKC", contact).casefold().split())
    text = text.removeprefix("tel:").removeprefix("mailto:")
    number = text.translate(_PHONE_ORNAMENT)
    if number.startswith("00"):
        number = "+" + number[2:]
    mobile = _MAINLAND_MOBILE.fullmatch(number)
    if mobile:
        return f"+86{mobile[1]}"
    return number if _PHONE.fullmatch(number) else text
