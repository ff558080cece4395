"""The two axes of codes: what a post does, and why it is posted."""

HARM_CODES = (
    "THREAT",
    "INCITE",
    "INSTRUCT",
    "RECRUIT",
    "FINANCE",
    "OFFICIAL",
    "GLORIFY",
    "JUSTIFY",
)
PURPOSE_CODES = ("NEWS", "COUNTER", "STUDY", "FAITH", "POLIT", "RIGHTS", "ART", "AID", "OTHER")
