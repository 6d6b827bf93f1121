"""Detectors: what a mail gives away, where, and how sure we are.

Reading order: `contract` (the shapes), `normalise` (the folded view), `shapes` (where numbers
stand), `language` and `vocabulary` (spaCy and our words), `layout` and `surroundings` (what
stands near), `verdict` (what that makes of a number), one module a rule, `wordlists`,
`disguise`, `stance` and `linear` (what is said of whom, and the model that weighs it), `offensive`
and `concern` (what they find), `catalogue` (the one list), `scan` (the door), `evaluate` (how good
it is).
"""
