"""Private addresses: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("L", "write to «ann.example@gmail.com»"),
    ("L", "<«ann_example@btinternet.com»>"),
    ("H", "Parent email: «ann.example@hotmail.co.uk»"),
    ("H", "my personal email is «ann@icloud.com»"),
    ("", "office@school.example"),
    ("", "ann@gmail.com.school.example"),
    ("", "gmail.com"),
]
