"""Vehicle registration marks: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("L", "«AB51 ABC»"),
    ("H", "car reg: «AB51ABC»"),
    ("H", "My registration is «ab51 abc»."),
    ("M", "A blue Corsa, «AB51 ABC», was parked across the gate."),
    ("H", "number plate «A123 ABC»"),
    ("H", "number plate «ABC 123A»"),
    ("H", "vehicle registration «AIZ 1234»"),
    ("HH", "Name,Car reg\nAnn Example,«AB51ABC»\nBob Example,«CD12 XYZ»\n"),
    ("", "room B12 and form ABC"),
    ("", "AB51ABC"),
    ("", "order ref AB51 ABC"),
    ("", "https://school.example/AB51ABC"),
    ("", "The car park is full, and Q1 2024 figures are due."),
]
