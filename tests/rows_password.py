"""Passwords: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "Password: «Spr1ng-term!»"),
    ("H", "your password is «blue_Horse7»."),
    ("H", "pwd=«abc123»"),
    ("H", "The PIN is «4821»"),
    ("HH", "Username,Password\nann1,«tree42»\nbob2,«lake17»\n"),
    ("H", "The wifi password for guests is «Larkmere2026»"),
    ("L", "Password: «Sunflower»"),
    ("", "Your password is about to expire."),
    ("", "The password is required."),
    ("", "Password: ********"),
    ("", "Please reset your password: https://school.example/reset?t=12ab"),
    ("", "Never share your password with anyone."),
    ("", "Pin the list to the board: 12 names."),
]
