"""Where the bot keeps what it must not lose, and what several processes must agree on."""
