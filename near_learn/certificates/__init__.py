"""Certificates of completion: issued, shown, made as PDF, checked by strangers, revoked."""
