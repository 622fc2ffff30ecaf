"""What a media type or a file name means for the one who opens it."""

from enum import StrEnum

MAX_EXTENSION = 18
"""Letters after the last dot that still make an extension."""


class FileKind(StrEnum):
    """What opening does."""

    PROGRAM = "program"
    SCRIPT = "script"
    SHORTCUT = "shortcut"
    DISK_IMAGE = "disk image"
    ONENOTE = "onenote"
    INSTALLER = "installer"
    HTML = "html"
    MESSAGE = "message"
    IMAGE = "image"
    OTHER = "other"


_TYPES: dict[str, FileKind] = {
    "application/x-dosexec": FileKind.PROGRAM,
    "application/x-msdownload": FileKind.PROGRAM,
    "application/vnd.microsoft.portable-executable": FileKind.PROGRAM,
    "application/x-executable": FileKind.PROGRAM,
    "application/x-elf": FileKind.PROGRAM,
    "application/x-mach-binary": FileKind.PROGRAM,
    "application/x-msdos-program": FileKind.PROGRAM,
    "application/x-sharedlib": FileKind.PROGRAM,
    "application/java-archive": FileKind.PROGRAM,
    "application/vnd.android.package-archive": FileKind.INSTALLER,
    "application/x-msi": FileKind.INSTALLER,
    "application/x-ole-msi": FileKind.INSTALLER,
    "application/vnd.ms-appx": FileKind.INSTALLER,
    "application/appx": FileKind.INSTALLER,
    "application/x-apple-diskimage": FileKind.DISK_IMAGE,
    "application/x-iso9660-image": FileKind.DISK_IMAGE,
    "application/x-vhd": FileKind.DISK_IMAGE,
    "application/x-raw-disk-image": FileKind.DISK_IMAGE,
    "application/x-vhdx": FileKind.DISK_IMAGE,
    "application/x-udf-image": FileKind.DISK_IMAGE,
    "application/x-ms-shortcut": FileKind.SHORTCUT,
    "application/x-mswinurl": FileKind.SHORTCUT,
    "application/onenote": FileKind.ONENOTE,
    "application/msonenote": FileKind.ONENOTE,
    "application/hta": FileKind.SCRIPT,
    "application/javascript": FileKind.SCRIPT,
    "text/javascript": FileKind.SCRIPT,
    "application/x-javascript": FileKind.SCRIPT,
    "text/vbscript": FileKind.SCRIPT,
    "application/x-vbscript": FileKind.SCRIPT,
    "application/x-powershell": FileKind.SCRIPT,
    "text/x-powershell": FileKind.SCRIPT,
    "application/x-bat": FileKind.SCRIPT,
    "text/x-msdos-batch": FileKind.SCRIPT,
    "application/x-wsf": FileKind.SCRIPT,
    "text/x-windows-script": FileKind.SCRIPT,
    "text/vbscript.encode": FileKind.SCRIPT,
    "text/x-shell-command": FileKind.SHORTCUT,
    "application/x-settingcontent": FileKind.SHORTCUT,
    "application/x-library-ms": FileKind.SHORTCUT,
    "application/x-search-ms": FileKind.SHORTCUT,
    "text/x-registry": FileKind.INSTALLER,
    "text/x-web-query": FileKind.SHORTCUT,
    "text/x-sylk": FileKind.SHORTCUT,
    "application/java-vm": FileKind.PROGRAM,
    "application/vnd.android.dex": FileKind.PROGRAM,
    "application/vnd.ms-htmlhelp": FileKind.SCRIPT,
    "text/html": FileKind.HTML,
    "application/xhtml+xml": FileKind.HTML,
    "message/rfc822": FileKind.MESSAGE,
}

_EXTENSIONS: dict[str, FileKind] = {
    **dict.fromkeys(
        ("exe", "scr", "com", "pif", "dll", "cpl", "jar", "xll", "sys", "ocx", "jnlp", "gadget", "wll"),
        FileKind.PROGRAM,
    ),
    **dict.fromkeys(
        ("js", "jse", "vbs", "vbe", "wsf", "wsh", "hta", "ps1", "psm1", "bat", "cmd", "sct", "chm"),
        FileKind.SCRIPT,
    ),
    **dict.fromkeys(("ws", "wsc", "vb", "ps1xml", "psc1", "msh", "msc", "hlp", "xbap"), FileKind.SCRIPT),
    **dict.fromkeys(("lnk", "url", "scf", "search-ms", "website", "library-ms", "rdp"), FileKind.SHORTCUT),
    **dict.fromkeys(
        ("settingcontent-ms", "searchconnector-ms", "appref-ms", "iqy", "slk", "theme", "desktop"),
        FileKind.SHORTCUT,
    ),
    **dict.fromkeys(("iso", "img", "vhd", "vhdx", "dmg", "udf", "wim", "vmdk"), FileKind.DISK_IMAGE),
    **dict.fromkeys(("one", "onepkg", "onetoc2"), FileKind.ONENOTE),
    **dict.fromkeys(("msi", "msix", "appx", "apk", "msp", "reg", "appinstaller"), FileKind.INSTALLER),
    **dict.fromkeys(
        ("mst", "msixbundle", "appxbundle", "application", "diagcab", "xapk", "wsb"),
        FileKind.INSTALLER,
    ),
    **dict.fromkeys(("htm", "html", "shtml", "xhtml", "mht", "mhtml", "svg"), FileKind.HTML),
}

DOCUMENT_EXTENSIONS = frozenset(
    {
        *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "odt", "ods", "txt", "csv"),
        *("jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "mp3", "mp4", "avi", "wav", "eml", "msg", "zip"),
    }
)
"""Extensions that a reader opens without a second thought."""


def kind_of(media_type: str) -> FileKind:
    """What a file of this type does when it is opened."""
    if media_type.startswith("image/"):
        return FileKind.IMAGE
    return _TYPES.get(media_type, FileKind.OTHER)


def kind_of_name(name: str) -> FileKind:
    """What the system does with a file of this name."""
    return _EXTENSIONS.get(extension_of(name), FileKind.OTHER)


def extension_of(name: str) -> str:
    """What follows the last dot, lower case; "" where that is no extension."""
    _, dot, extension = name.rpartition(".")
    extension = extension.strip().lower()
    return extension if dot and extension and len(extension) <= MAX_EXTENSION else ""
