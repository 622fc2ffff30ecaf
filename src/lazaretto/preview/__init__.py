"""Pictures of messages: what a renderer is, and how it says that it cannot.

A renderer reads what strangers wrote: it belongs into a process of its own, with limits and no network.
"""

from lazaretto.preview.renderer import PNG_SIGNATURE, NoPicture, Renderer

__all__ = ["PNG_SIGNATURE", "NoPicture", "Renderer"]
