"""Ask the market."""

import datetime as dt

from search.engines import database
from search.question import Answer, Question


def ask(question: Question, *, on: dt.date) -> Answer:
    """What may be sold on a day and fits the question."""
    return database.answer(question, on=on)
