"""The sample letters, a module for each kind. All of them are made up."""

from lazaretto.demo.letters import bulk, clean, fraud, malware, phishing, spam, spoof
from lazaretto.demo.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    *clean.SAMPLES,
    *bulk.SAMPLES,
    *spam.SAMPLES,
    *spoof.SAMPLES,
    *phishing.SAMPLES,
    *malware.SAMPLES,
    *fraud.SAMPLES,
)
"""All of them, in the order in which they are sent."""
