"""The four source articles: parsed, indexed and searched. Imports nothing of Rasa."""
