"""Who really sent it: SPF, DKIM, DMARC and ARC, as generators that ask for DNS answers."""
