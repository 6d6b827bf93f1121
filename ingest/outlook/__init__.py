"""Outlook's items (.msg, .pst, .ost) rebuilt into messages of RFC 5322.

Outlook keeps no message as it came: it keeps properties (MS-OXPROPS). So the bytes are made here,
the same each time; what a property holds is kept as it is, and what cannot be had is named.
`__main__` runs in a confined process. In reading order: `item` (the shape of an item), `msg` and
`pst` (who reads them), `compose` (the message), `headers`, `bodies`, `rtf`.
"""
