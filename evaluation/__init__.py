"""Measured quality: labelled messages put to the really running bot, and a report on them."""
