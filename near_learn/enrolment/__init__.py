"""Enrolment by lists: a file says who is to take which course; and the mails that remind people of it."""
