"""An invented UK schools trust and half a term of its mail, to see Section 9 at work.

Nobody here exists. Every domain ends in `.example` (RFC 2606), every telephone number is from
the ranges that Ofcom keeps for drama, and README.md says who is who. Knows the shared words of
`section9` and no room.
"""
