"""What is known of providers by name, as the Worker knows it (src/routing/provider-table.ts); clients/cases.json is run
by both. A provider that is not here speaks OpenAI's language and needs a `baseUrl`."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from lisbon_client.map_entry import Entry


@dataclass(frozen=True)
class Provider:
    # Where it is called when the route has no `baseUrl`.
    base_url: str
    # The first variable that is set holds its key; none: no key is sent unless the route names one.
    key_variables: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    # Its own language, spoken at its own hosts only; a leading dot means every host below.
    api: str = "openai"
    own_hosts: tuple[str, ...] = ()
    cost: str = "paid"


PROVIDERS: dict[str, Provider] = {
    "anthropic": Provider(
        "https://api.anthropic.com",
        ("ANTHROPIC_KEY", "ANTHROPIC_API_KEY"),
        ("claude",),
        api="anthropic",
        own_hosts=("api.anthropic.com",),
    ),
    "openai": Provider("https://api.openai.com/v1", ("OPENAI_API_KEY",), ("gpt", "chatgpt")),
    "google": Provider(
        "https://generativelanguage.googleapis.com",
        ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
        ("gemini", "google-ai-studio", "googleai", "vertex"),
        api="gemini",
        own_hosts=("generativelanguage.googleapis.com",),
    ),
    "aws-bedrock": Provider(
        "https://bedrock-runtime.${AWS_REGION}.amazonaws.com",
        ("AWS_BEARER_TOKEN_BEDROCK",),
        ("bedrock", "aws", "amazon", "amazon-bedrock"),
        api="bedrock",
        own_hosts=(".amazonaws.com",),
    ),
    "nvidia": Provider("https://integrate.api.nvidia.com/v1", ("NVIDIA_API_KEY",), ("nim", "nvidia-nim")),
    "mistral": Provider("https://api.mistral.ai/v1", ("MISTRAL_API_KEY",), ("mistralai",)),
    "groq": Provider("https://api.groq.com/openai/v1", ("GROQ_API_KEY",)),
    "deepseek": Provider("https://api.deepseek.com/v1", ("DEEPSEEK_API_KEY",)),
    "xai": Provider("https://api.x.ai/v1", ("XAI_API_KEY",), ("grok", "x-ai")),
    "openrouter": Provider("https://openrouter.ai/api/v1", ("OPENROUTER_API_KEY",)),
    "together": Provider("https://api.together.xyz/v1", ("TOGETHER_API_KEY",), ("together-ai", "togetherai")),
    "fireworks": Provider("https://api.fireworks.ai/inference/v1", ("FIREWORKS_API_KEY",), ("fireworks-ai",)),
    "cerebras": Provider("https://api.cerebras.ai/v1", ("CEREBRAS_API_KEY",)),
    "lmstudio": Provider("http://127.0.0.1:1234/v1", (), ("lm-studio", "lm_studio"), cost="local"),
    "ollama": Provider("http://127.0.0.1:11434/v1", cost="local"),
}

_CANONICAL = {alias: name for name, provider in PROVIDERS.items() for alias in (name, *provider.aliases)}


def canonical_provider(name: str) -> str:
    written = name.strip().lower()
    return _CANONICAL.get(written, written)


def provider_of(entry: Entry) -> Provider | None:
    return PROVIDERS.get(canonical_provider(entry["provider"]))


def same_variables(name: str) -> tuple[str, ...]:
    """`name` first, then those that mean the same."""
    group = next((each.key_variables for each in PROVIDERS.values() if name in each.key_variables), ())
    return (name, *(other for other in group if other != name))


def cost_of(entry: Entry) -> str:
    provider = provider_of(entry)
    return entry.get("cost") or (provider.cost if provider else "paid")


def api_of(entry: Entry, base_url: str) -> str:
    """A provider's own language only at its own host; people's gateways speak OpenAI's at any other."""
    if "api" in entry:
        return entry["api"]
    provider = provider_of(entry)
    if provider is None:
        return "openai"
    url = urlsplit(base_url)
    host = url.hostname or ""
    at_home = any(host.endswith(own) if own.startswith(".") else host == own for own in provider.own_hosts)
    # Google's and Amazon's own hosts also serve OpenAI's language, below /openai.
    return provider.api if at_home and "openai" not in url.path.split("/") else "openai"
