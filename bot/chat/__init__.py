"""The only package that knows python-telegram-bot.

Handlers hold no rule and no SQL: unpack what came, call one service, say its result.
"""
