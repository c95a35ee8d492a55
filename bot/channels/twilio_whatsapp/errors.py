"""What Twilio's error codes ask of us.

https://www.twilio.com/docs/api/errors, whose page for each code is ``.../errors/<code>``.
"""

from bot.channels.messaging.errors import Codes, HaltError, TryAgainError

CODES: Codes = {
    TryAgainError: (
        14107,  # too many messages between two numbers
        20429,  # too many requests
        20500,  # something went wrong at Twilio
        20503,  # Twilio is unavailable
        21611,  # too many messages wait at our number
        63012,  # something went wrong at WhatsApp
        63018,  # too many messages for WhatsApp
    ),
    HaltError: (
        10001,  # the account is not active
        20003,  # wrong account or auth token, or no right to send
        20005,  # the account is not active, or has run out of money
        20008,  # test credentials, which cannot send
        20404,  # there is no such account
        21472,  # the account is not active
        21606,  # the number is not ours to send from
        63001,  # WhatsApp does not know the sender
        63007,  # the number is no WhatsApp sender of this account
        63010,  # WhatsApp does not know Twilio's set-up of the sender
        63020,  # WhatsApp holds the clinic's business back
        63038,  # the account's messages of this day are used up
        63112,  # WhatsApp has disabled the clinic's business account
    ),
}
