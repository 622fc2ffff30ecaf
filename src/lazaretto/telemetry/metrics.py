"""All counters, in one place, under the prefix `lazaretto_`."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

smtp_connections = Counter("lazaretto_smtp_connections", "Connections accepted", ["door"], registry=REGISTRY)
smtp_open = Gauge("lazaretto_smtp_open_connections", "Connections open now", ["door"], registry=REGISTRY)
smtp_replies = Counter(
    "lazaretto_smtp_replies", "Replies that refused something", ["code"], registry=REGISTRY
)
received = Counter("lazaretto_messages_received", "Messages with durable bytes and record", registry=REGISTRY)
decided = Counter("lazaretto_messages_decided", "Messages by disposition", ["disposition"], registry=REGISTRY)
scan_failures = Counter("lazaretto_scan_failures", "Scans that did not end", ["reason"], registry=REGISTRY)
scan_seconds = Histogram("lazaretto_scan_seconds", "Time of one scan with its DNS", registry=REGISTRY)
receive_seconds = Histogram("lazaretto_receive_seconds", "End of data to decision", registry=REGISTRY)
deliveries = Counter("lazaretto_deliveries", "Ends of delivery attempts", ["state"], registry=REGISTRY)
dns_answers = Counter("lazaretto_dns_answers", "DNS answers that scans used", ["status"], registry=REGISTRY)
dns_questions = Counter("lazaretto_dns_questions", "DNS questions by outcome", ["status"], registry=REGISTRY)
http_requests = Counter("lazaretto_http_requests", "API requests", ["route", "status"], registry=REGISTRY)
queue = Gauge("lazaretto_queue", "Deliveries by state", ["state"], registry=REGISTRY)
