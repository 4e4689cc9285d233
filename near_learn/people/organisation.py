"""An organisation that sends people to learn: a city, a service provider, a member of a network."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from near_learn.db import Model


class Organisation(Model):
    """Statements know an organisation by `id` only, an opaque word; its region is where it is at home."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    region: Mapped[str] = mapped_column(String(5), index=True)
