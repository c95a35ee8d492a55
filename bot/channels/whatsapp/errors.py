"""What Meta's error codes ask of us.

https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from bot.channels.messaging.errors import Codes, FormError, HaltError, TryAgainError

PAIR_LIMIT = 131056  # too many messages to one person in a short time
PAIR_SECONDS = 6.0  # Meta lets about one message in this time through to one person
NO_SUCH_OBJECT = (100, 33)  # with its subcode: the number id is wrong, or not ours to use

CODES: Codes = {
    TryAgainError: (
        1,  # unknown error
        2,  # service down
        4,  # too many calls of the app
        80007,  # too many calls of the account
        130429,  # too many messages of the number
        131000,  # something went wrong
        131016,  # service overloaded
        PAIR_LIMIT,
        131057,  # account in maintenance
        133004,  # server unavailable
    ),
    HaltError: (
        0,  # the app cannot be authenticated
        3,  # the app lacks a capability
        10,  # permission denied
        33,  # the number was deleted
        190,  # the access token has expired
        *range(200, 300),  # permission not granted
        368,  # blocked for breaking a policy
        131005,  # access denied
        131031,  # account locked
        131037,  # the number's name is not approved
        131042,  # payment
        131045,  # the number is not registered rightly
        131048,  # too many messages were reported as spam
        131064,  # account limited
        133010,  # the number is not registered
    ),
    FormError: (
        100,  # a parameter is wrong
        131008,  # a parameter is missing
        131009,  # a parameter has a wrong value
        131051,  # message type not supported
        135000,  # something about the parameters
    ),
}
