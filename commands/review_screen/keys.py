"""Every key of the review screen: the help tells all of them, the last line the first few."""

from typing import Final

from textual.binding import Binding

FILTERS: Final = {
    "all": "({query})",
    "not reviewed": "({query}) -is:reviewed",
    "yours to do": '({query}) todo:"{actor}"',
    "disputed": "({query}) is:disputed",
    "relevant": "({query}) is:relevant",
    "privileged": "({query}) is:privileged",
}
"""What `F` goes round through: its name, and the query that it makes of the one typed."""

KEYS: Final = [
    Binding("question_mark", "help", "help"),
    Binding("q", "leave", "leave"),
    Binding("j,down", "move(1)", "next message", show=False),
    Binding("k,up", "move(-1)", "message before", show=False),
    Binding("enter", "open", "open"),
    Binding("space", "read_on", "read on, then the next", show=False),
    Binding("J", "step(1)", "open the next", show=False),
    Binding("K", "step(-1)", "open the one before", show=False),
    Binding("n", "next_unreviewed", "next", tooltip="next not reviewed"),
    Binding("r", "mark('relevant')", "relevant"),
    Binding("x", "mark('not-relevant')", "not relevant"),
    Binding("p", "ask('privileged')", "privileged", tooltip="privileged, and why"),
    Binding("u", "mark('undecided')", "undecided", show=False),
    Binding("exclamation_mark", "ask('settle')", "settle a dispute", show=False),
    Binding("t", "ask('tag')", "tag", tooltip="tag: x puts it on, -x takes it off"),
    Binding("c", "ask('note')", "note"),
    Binding("a", "ask('assign')", "assign to a reviewer", show=False),
    Binding("m", "choose", "choose for the next act", show=False),
    Binding("asterisk", "choose_all", "choose all listed, or none", show=False),
    Binding("slash", "ask('search')", "search"),
    Binding("F", "filter", "filter", tooltip="only: not reviewed, yours, disputed …"),
    Binding("o", "order", "oldest or newest first", show=False),
    Binding("S", "saved", "saved searches", show=False),
    Binding("T", "thread", "thread", tooltip="the conversation"),
    Binding("f", "ask('find')", "find in the text", show=False),
    Binding("right_square_bracket", "match(1)", "next place found", show=False),
    Binding("left_square_bracket", "match(-1)", "place before", show=False),
    Binding("z", "fold", "unfold what is quoted", show=False),
    Binding("h", "headers", "the header block as it came", show=False),
    Binding("d", "full", "every copy and delivery", show=False),
    Binding("E", "ask('reason')", "open all of an excerpt, and why", show=False),
    Binding("tab", "turn", "list or text", show=False),
    Binding("pagedown", "page(1)", "a page down", show=False),
    Binding("pageup", "page(-1)", "a page up", show=False),
    Binding("g,home", "edge(-1)", "to the first", show=False),
    Binding("G,end", "edge(1)", "to the last listed", show=False),
    Binding("w", "widen", "text alone, or with the list", show=False),
    Binding("L", "light", "light or dark", show=False),
    Binding("escape", "step_back", "back", show=False),
]
