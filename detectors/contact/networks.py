"""Notices of social networks: who befriended, follows or wrote to whom (policy clause 6.2)."""

import re

_NETWORKS = frozenset(
    {
        "bereal.com",
        "discord.com",
        "discordapp.com",
        "facebook.com",
        "facebookmail.com",
        "instagram.com",
        "kik.com",
        "pinterest.com",
        "reddit.com",
        "redditmail.com",
        "roblox.com",
        "skype.com",
        "snapchat.com",
        "steampowered.com",
        "telegram.org",
        "threads.net",
        "tiktok.com",
        "tumblr.com",
        "twitch.tv",
        "twitter.com",
        "vk.com",
        "wechat.com",
        "whatsapp.com",
        "x.com",
    }
)
_NAME = r"(?P<name>\w[\w’'.-]*(?: [\w’'.-]+){1,3}?)(?: \(@?[\w.]+\))?"
_DOES = re.compile(
    rf"(?:^|[.!:,]\s|\bhi\b[^,\n]*, |\n){_NAME} (?:(?:has )?(?:just )?)"
    r"(?:sent you|wants to (?:be (?:your )?friends?|follow|connect|message|chat)"
    r"|(?:is )?(?:now |started )?follow(?:ed|ing)\b|added you|accepted your|requested to follow"
    r"|mentioned you|tagged you|invited you|messaged you|liked your|commented on|replied to you)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\b(?:message|friend request|follow request|snap|call|invite|invitation|request) from "
    rf"{_NAME}(?=$|[\n.!,:])",
    re.IGNORECASE,
)
_READ = 2_000  # characters: the notice stands at the top


def is_network(address: str) -> bool:
    """Tell whether mail from an address is a social network's own."""
    labels = address.lower().rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in _NETWORKS for start in range(len(labels)))


def named(subject: str, text: str) -> tuple[str, ...]:
    """Return who befriended, follows or wrote, as the notice writes their names."""
    top = f"{subject}\n{text[:_READ]}"
    found = [match["name"] for shape in (_DOES, _FROM) for match in shape.finditer(top)]
    return tuple(dict.fromkeys(found))
