"""Organisations, for operators: listed, made, changed, merged and removed."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms.fields import SelectChoice

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.members import merging
from near_learn.members.blueprint import UNPROCESSABLE, blueprint, operators, rights
from near_learn.members.forms import MergeForm, OrganisationForm, placed
from near_learn.paging import part
from near_learn.people import organisation as organisations_of
from near_learn.people import region
from near_learn.people.letters import folded
from near_learn.people.organisation import NameTaken, Organisation
from near_learn.privacy import audit

LONGEST_SEARCH = 200
PAGE_SIZE = 60


@blueprint.get("/admin/organisations")
@operators
def organisations() -> str:
    """The organisations by name, searched and paged."""
    text = request.args.get("text", "")[:LONGEST_SEARCH]
    words = folded(text).split()
    language = current_language()
    # In memory: SQLite knows the capitals of ASCII only, and organisations are some hundreds.
    every = list(db.session.scalars(select(Organisation)))
    names = region.names({each.region for each in every}, language)
    found = [
        each
        for each in sorted(every, key=lambda one: (folded(one.name), one.id))
        if all(word in folded(f"{each.name} {each.region} {names[each.region]}") for word in words)
    ]
    number = request.args.get("page", "1")
    wanted = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    page = part(wanted, len(found), PAGE_SIZE)
    shown = page.of(found)
    people = merging.people_of(db.session.connection(), [each.id for each in shown])
    return render_template(
        "members/organisations.html",
        organisations=shown,
        people=people,
        region_names=names,
        text=text,
        total=len(found),
        page=page.number,
        pages=page.parts,
    )


@blueprint.route("/admin/organisations/new", methods=["GET", "POST"])
@operators
def add_organisation() -> str | tuple[str, int] | Response:
    """Makes an organisation."""
    form = placed(OrganisationForm, rights())()
    actor = rights().account
    if form.validate_on_submit():
        try:
            with writing() as connection:
                id_ = organisations_of.add(connection, name=form.name.data, region=form.region.data)
                audit.note(connection, actor=actor, action="organisation.added", detail={"organisation": id_})
            return redirect(url_for("members.organisation", id_=id_))
        except NameTaken:
            form.name.errors = [gettext("Another organisation has this name.")]
    page = render_template("members/organisation_form.html", form=form, organisation=None)
    return (page, UNPROCESSABLE) if form.is_submitted() else page


@blueprint.get("/admin/organisations/<id_>")
@operators
def organisation(id_: str) -> str:
    """What belongs to the organisation, and merging it."""
    return organisation_page(organisation_or_404(id_), merge_form(id_, fresh=True))


def organisation_page(found: Organisation, form: MergeForm) -> str:
    """The page with the form for merging."""
    return render_template(
        "members/organisation.html",
        organisation=found,
        region_name=region.name(found.region, current_language()),
        belongings=merging.belongings(db.session.connection(), found.id),
        form=form,
    )


@blueprint.route("/admin/organisations/<id_>/edit", methods=["GET", "POST"])
@operators
def edit_organisation(id_: str) -> str | tuple[str, int] | Response:
    """Changes the organisation's name or region. What was recorded keeps the region of its time."""
    found, actor = organisation_or_404(id_), rights().account
    form = placed(OrganisationForm, rights(), found.region)(name=found.name, region=found.region)
    if form.validate_on_submit():
        try:
            with writing() as connection:
                before = organisations_of.change(
                    connection, id_, name=form.name.data, region=form.region.data
                )
                if before:
                    detail = {"organisation": id_, "fields": "+".join(sorted(before))}
                    audit.note(connection, actor=actor, action="organisation.changed", detail=detail)
            flash(gettext("Saved.") if before else gettext("Nothing was changed."), "good" if before else "")
            return redirect(url_for("members.organisation", id_=id_))
        except NameTaken:
            form.name.errors = [gettext("Another organisation has this name.")]
    page = render_template("members/organisation_form.html", form=form, organisation=organisation_or_404(id_))
    return (page, UNPROCESSABLE) if form.is_submitted() else page


@blueprint.post("/admin/organisations/<id_>/merge")
@operators
def merge_organisation(id_: str) -> tuple[str, int] | Response:
    """Moves everybody into another organisation."""
    found, form, actor = organisation_or_404(id_), merge_form(id_), rights().account
    if not form.validate_on_submit():
        return organisation_page(found, form), UNPROCESSABLE
    into = form.into.data
    with writing() as connection:
        moved = merging.merge(connection, id_, into)
        detail = {"organisation": id_, "into": into}
        audit.note(connection, actor=actor, action="organisation.merged", detail=detail)
        audit.note_all(connection, actor=actor, action="person.moved", about=moved, detail=detail)
    flash(gettext("Merged: people, groups and events belong to this organisation now."), "good")
    return redirect(url_for("members.organisation", id_=into))


@blueprint.post("/admin/organisations/<id_>/delete")
@operators
def delete_organisation(id_: str) -> Response:
    """Removes an organisation to which nothing belongs."""
    found, actor = organisation_or_404(id_), rights().account
    try:
        with writing() as connection:
            merging.remove(connection, found.id)
            detail = {"organisation": id_}
            audit.note(connection, actor=actor, action="organisation.removed", detail=detail)
    except merging.InUse:
        flash(gettext("The organisation stays: people, groups, events or records belong to it."), "warm")
        return redirect(url_for("members.organisation", id_=id_))
    flash(gettext("The organisation is removed."), "good")
    return redirect(url_for("members.organisations"))


def merge_form(id_: str, *, fresh: bool = False) -> MergeForm:
    """The form with every other organisation."""
    form = MergeForm(formdata=None) if fresh else MergeForm()
    others = select(Organisation.id, Organisation.name).where(Organisation.id != id_)
    rows = db.session.execute(others.order_by(Organisation.name))
    form.into.choices = [SelectChoice(*row) for row in rows]
    return form


def organisation_or_404(id_: str) -> Organisation:
    """The organisation with this id."""
    found = db.session.get(Organisation, id_[:36])
    if found is None:
        abort(404)
    return found
