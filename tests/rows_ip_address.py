"""Addresses of the Internet: a table of what must be found, how surely, and what must not.

Marks (« ») stand round each span to find, and the letters before the text give the confidence of
each in order: High, Medium, Low. All values are invented.
"""

ROWS = [
    ("H", "IP address: «203.0.113.7»"),
    ("L", "«203.0.113.7» asked for it"),
    ("H", "client ip «2001:db8::7:1»"),
    ("", "10.0.0.1, 192.168.1.1, 127.0.0.1, 169.254.1.1 and ::1"),
    ("", "version 203.0.113.7"),
    ("", "1.2.3.4.5 and 300.1.1.1"),
    ("", "12:30:45 and 01:02:03:04:05:06"),
]
