"""Unique Learner Numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "ULN: «1020304056»"),
    ("H", "Her unique learner number is «10 2030 4064»."),
    ("HH", "Name,ULN\nAnn Example,«1020304072»\nBob Example,«1020304080»\n"),
    ("", "ULN: 1020304057"),
    ("", "Order no 1020304056"),
    ("", "1020304056"),
    ("", "We enter the ULN of each learner; the order is 1020304056 today, ring 01632 960123."),
]
