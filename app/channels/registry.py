"""Which channel serves which kind of outlet."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from app.channels import assisted
from app.channels.assisted import AssistedChannel
from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.instagram import InstagramChannel
from app.channels.print_mail import PrintOrderChannel
from app.channels.wire import Links
from app.channels.x import PUBLIC_HOSTS, XChannel
from app.outreach.outlets.ports import Channel


def make_channels(settings: Any) -> Mapping[str, Channel]:
    """A channel for every `OutletKind`, and "assisted" for accounts that are not connected yet.

    `settings` is config.Settings: x_api_url, graph_url, graph_version, smtp_…, mail_from, practice_wall_url.
    """
    wall = settings.practice_wall_url.rstrip("/")
    graph = Graph(settings.graph_url, settings.graph_version)
    orders = PrintOrderChannel(
        settings.smtp_host,
        settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
        sender=settings.mail_from,
    )
    return {
        "x": XChannel(settings.x_api_url, _x_links(settings.x_api_url, wall)),
        "facebook": FacebookChannel(graph, _page_links(settings.graph_url, wall)),
        "instagram": InstagramChannel(graph),
        "newspaper": orders,
        "printer": orders,
        "office_printer": AssistedChannel("Cetak sendiri", assisted.OWN_PRINTER),
        "whatsapp": AssistedChannel("WhatsApp", assisted.WHATSAPP),
        "tiktok": AssistedChannel("TikTok", assisted.TIKTOK),
        "radio": AssistedChannel("Radio", assisted.RADIO),
        "other": AssistedChannel("Saluran ini", assisted.OTHER),
        "assisted": AssistedChannel("Saluran ini", assisted.OTHER),
    }


def _x_links(api_url: str, wall: str) -> Links:
    if urlsplit(api_url).hostname in PUBLIC_HOSTS:
        return Links("https://x.com/i/web/status/{id}")
    return Links((wall or api_url.rstrip("/")) + "/#x-{id}")


def _page_links(graph_url: str, wall: str) -> Links:
    if urlsplit(graph_url).hostname == "graph.facebook.com":
        return Links("https://www.facebook.com/{id}")
    return Links((wall or graph_url.rstrip("/")) + "/#facebook-{id}")
