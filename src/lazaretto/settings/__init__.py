"""Static settings: one TOML file, then environment variables, every key with a default and a sentence."""

from lazaretto.settings.load import SettingsError, load_settings
from lazaretto.settings.sections import (
    DnsSettings,
    HttpSettings,
    LogSettings,
    RelayRouteSettings,
    RetentionSettings,
    ScanSettings,
    ServerSettings,
    Settings,
    SmtpSettings,
    StoreSettings,
)

__all__ = [
    "DnsSettings",
    "HttpSettings",
    "LogSettings",
    "RelayRouteSettings",
    "RetentionSettings",
    "ScanSettings",
    "ServerSettings",
    "Settings",
    "SettingsError",
    "SmtpSettings",
    "StoreSettings",
    "load_settings",
]
