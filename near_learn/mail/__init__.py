"""Mail: written once, kept until a server has taken it, sent by a thread after the request or by cron."""
