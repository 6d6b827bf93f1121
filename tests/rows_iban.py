"""International bank account numbers: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "IBAN «GB82 WEST 1234 5698 7654 32»"),
    ("H", "please pay «GB82WEST12345698765432» today"),
    ("H", "«DE91 1000 0000 0123 4567 89» is the hotel's"),
    ("H", "IBAN «GB82 WEST 1234 5698 7654 32» PLEASE PAY TODAY"),
    ("H", "«FR14 2004 1010 0505 0001 3M02 606»"),
    ("", "IBAN GB82 WEST 1234 5698 7654 33"),
    ("", "GB82WEST"),
]
