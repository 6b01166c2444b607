"""HTTP clients for an endpoint of models, which share what TLS takes to set up."""

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


def async_client(base_url: str | None, **options: Any) -> "httpx.AsyncClient":
    """A client of its own, for one event loop; the options are httpx's."""
    import httpx

    return httpx.AsyncClient(verify=_trust(base_url), **options)


def sync_client(base_url: str | None, **options: Any) -> "httpx.Client":
    """As `async_client`, without an event loop."""
    import httpx

    return httpx.Client(verify=_trust(base_url), **options)


def _trust(base_url: str | None) -> ssl.SSLContext:
    """Whom to trust: reading all authorities takes 20 ms for each client, and no plain address needs them."""
    is_plain = base_url is not None and base_url.lower().startswith("http://")
    return _nobody() if is_plain else _authorities()


@lru_cache(maxsize=1)
def _nobody() -> ssl.SSLContext:
    # knows no authority, so that a redirection to an address with TLS fails rather than goes unchecked
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@lru_cache(maxsize=1)
def _authorities() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
