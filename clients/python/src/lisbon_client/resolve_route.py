"""One entry of the map and the environment become a provider that can be asked, or the reason why it is not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lisbon_client.list_routes import Listed
from lisbon_client.map_entry import Entry
from lisbon_client.providers import api_of, provider_of, same_variables

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ONE_PLAIN_LINE = re.compile(r"[\x20-\x7e]+")

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Route:
    id: str
    model: str
    base_url: str
    # Not shown by repr(): a key is in no log line.
    key: str | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Skipped:
    id: str
    # disabled, missing_variables, wrong_value, api, incapable or warm_off
    why: str
    detail: str = ""


def resolve_route(listed: Listed, environment: Environment) -> Route | Skipped:
    entry = listed.entry
    if entry.get("enabled") is False:
        return Skipped(listed.id, "disabled")
    missing = [name for name in _variables_of(entry) if _look_up(name, environment) is None]
    if missing:
        return Skipped(listed.id, "missing_variables", ", ".join(missing))

    base_url = _filled(_base_url_of(entry), environment)
    key_variable = _key_variable(entry)
    key = _look_up(key_variable, environment) if key_variable is not None else None
    headers = {name: _filled(text, environment) for name, text in entry.get("headers", {}).items()}
    wrong = _wrong_value(base_url, key, headers)
    if wrong is not None:
        return Skipped(listed.id, "wrong_value", wrong)
    api = api_of(entry, base_url)
    if api != "openai":
        return Skipped(listed.id, "api", api)
    return Route(listed.id, entry["model"], _trimmed(base_url), key, headers)


def _variables_of(entry: Entry) -> list[str]:
    texts = [_base_url_of(entry), *entry.get("headers", {}).values()]
    names = [name for text in texts for name in _PLACEHOLDER.findall(text)]
    key_variable = _key_variable(entry)
    return list(dict.fromkeys([*names, *([key_variable] if key_variable is not None else [])]))


def _base_url_of(entry: Entry) -> str:
    provider = provider_of(entry)
    return entry.get("baseUrl") or (provider.base_url if provider else "")


def _key_variable(entry: Entry) -> str | None:
    if "key" in entry:
        found: list[str] = _PLACEHOLDER.findall(entry["key"])
        return found[0] if found else None
    provider = provider_of(entry)
    return provider.key_variables[0] if provider and provider.key_variables else None


def _look_up(name: str, environment: Environment) -> str | None:
    """An empty one is as good as none."""
    values = (environment.get(each, "").strip() for each in same_variables(name))
    return next((value for value in values if value), None)


def _filled(text: str, environment: Environment) -> str:
    return _PLACEHOLDER.sub(lambda found: _look_up(found[1], environment) or "", text)


def _wrong_value(base_url: str, key: str | None, headers: Mapping[str, str]) -> str | None:
    """Values come from outside too: nothing may smuggle a line break into a header."""
    try:
        url = urlsplit(base_url)
        plain = url.scheme in ("http", "https") and bool(url.hostname) and not (url.query or url.fragment)
    except ValueError:
        return "baseUrl"
    if not plain or url.username or url.password or "${" in base_url:
        return "baseUrl"
    if key is not None and not _ONE_PLAIN_LINE.fullmatch(key):
        return "key"
    return next((f"headers.{name}" for name, value in headers.items() if not _ONE_PLAIN_LINE.fullmatch(value)), None)


def _trimmed(base_url: str) -> str:
    return re.sub(r"(?<!:)/{2,}", "/", base_url).removesuffix("/")
