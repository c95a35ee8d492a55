"""What the clinic says of itself: how its patients call for help."""

import os

from actions.reply import Texts

EMERGENCY_NUMBER_VARIABLE = "HEMATOMA_GUIDE_EMERGENCY_NUMBER"
HELPLINES_VARIABLE = "HEMATOMA_GUIDE_HELPLINES"


def emergency_number(texts: Texts) -> str:
    """Return the clinic's emergency number; without one, words that name none as the one."""
    number = os.environ.get(EMERGENCY_NUMBER_VARIABLE, "").strip()
    return texts("clinic_number", number=number) if number else texts("local_number")


def helplines(texts: Texts) -> str:
    """Return the clinic's crisis helplines; without any, words that name none as the one."""
    return os.environ.get(HELPLINES_VARIABLE, "").strip() or texts("local_helpline")


def contacts(texts: Texts) -> dict[str, str]:
    """Return what fills the places for numbers in a response."""
    return {"number": emergency_number(texts), "helplines": helplines(texts)}
