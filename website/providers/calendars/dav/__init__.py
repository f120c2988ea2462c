"""Speaking CalDAV (RFC 4791): what the provider in website/providers/calendars/caldav.py is made of."""
