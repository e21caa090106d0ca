"""Who a visitor is: a browser, by a random cookie that says nothing else and no script can read."""

import re
import secrets

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.jobs.visitors import Visitor

COOKIE = "rhoscope_visitor"
_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")
_YEAR_SECONDS = 31_536_000


class VisitorCookie:
    """ASGI middleware: gives the cookie to a browser without one, together with the page itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _VALUE.fullmatch(_cookie(scope)):
            await self._app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    value = f"{COOKIE}={secrets.token_urlsafe(16)}; Max-Age={_YEAR_SECONDS}; Path=/"
                    headers.append("set-cookie", f"{value}; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _cookie(scope: Scope) -> str:
    header = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    return cookie_parser(header.decode("latin-1")).get(COOKIE, "")


def visitor() -> Visitor:
    """The visitor of this session. A browser that keeps no cookies goes by its address."""
    address = str(st.context.ip_address or "")
    value = str(st.context.cookies.get(COOKIE, ""))
    return Visitor(value if _VALUE.fullmatch(value) else f"address {address}", address)
