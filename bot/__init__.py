"""What plugs into Rasa; Rasa's own commands import it together with the model."""

import sys

if "rasa.cli.shell" in sys.modules:  # `rasa test`, `rasa shell` or another of them runs
    from bot.rasa_changes import own_commands

    own_commands.apply()
