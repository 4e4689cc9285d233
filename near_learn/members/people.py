"""The list of people, and adding somebody."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from near_learn.db import db, writing
from near_learn.languages import current_language
from near_learn.members.blueprint import (
    UNPROCESSABLE,
    blueprint,
    cohort_choices,
    organisation_choices,
    responsible,
    rights,
)
from near_learn.members.forms import PersonForm, SearchForm, placed
from near_learn.people import directory, enrolling, region, role
from near_learn.people.access import signed_in
from near_learn.people.directory import Found, Wanted
from near_learn.people.organisation import Organisation
from near_learn.people.person import REGION, EmailTaken, ErasedBefore, Person, add
from near_learn.people.rights import Rights, Wish
from near_learn.people.role import Role
from near_learn.privacy import audit


@blueprint.route("/admin/people", methods=["GET", "POST"])
@responsible
def people() -> str | tuple[str, int]:
    """The people whom the reader looks after, searched and paged."""
    form = SearchForm()
    mine = rights()
    form.offer(directory.regions(mine, current_language()), organisation_choices(), cohort_choices())
    if form.is_submitted() and not form.validate():
        return people_page(form, Found([], 0, 1, 1)), UNPROCESSABLE
    wanted = Wanted(
        text=form.text.data or "",
        role=form.role.data or "",
        region=form.region.data or "",
        organisation=form.organisation.data or "",
        cohort=form.cohort.data or "",
    )
    found = directory.find(mine, wanted, form.page.data or 1)
    page = people_page(form, found)
    audit.seen(actor=mine.account, action="names.viewed", about=[each.account for each in found.people])
    return page


def people_page(form: SearchForm, found: Found) -> str:
    """The page with the form and the people FOUND."""
    names = region.names({person.region for person in found.people}, current_language())
    return render_template(
        "members/people.html",
        form=form,
        found=found,
        role_names=role.NAMES,
        region_names=names,
        everything=rights().everything,
    )


@blueprint.route("/admin/people/new", methods=["GET", "POST"])
@responsible
def add_person() -> str | tuple[str, int] | Response:
    """Adds somebody whom the reader may look after."""
    mine = rights()
    form = placed(PersonForm, mine)(**beginning(mine))
    form.offer(mine, organisation_choices(), cohort_choices())
    if not form.validate_on_submit() or form.refuse(mine.refusals(*wished(form))):
        page = render_template("members/person_form.html", form=form, person=None)
        return (page, UNPROCESSABLE) if form.is_submitted() else page
    wish = wished(form)[0]
    at = datetime.now(UTC)
    try:
        with writing() as connection:
            account = add(
                connection,
                email=form.email.data,
                name=form.name.data,
                role=Role(wish.role),
                region=wish.region,
                language=form.language.data,
                organisation=wish.organisation,
                answers_for=wish.answers_for,
            )
            if form.cohort.data:
                enrolling.join(connection, form.cohort.data, [account], at)
            audit.note(connection, actor=mine.account, action="person.added", about=account)
    except ErasedBefore:
        form.email.errors = [
            gettext(
                "Somebody with this address was erased. An operator can let them come back, under Erasures."
            )
        ]
        return render_template("members/person_form.html", form=form, person=None), UNPROCESSABLE
    except EmailTaken:
        form.email.errors = [taken(mine)]
        return render_template("members/person_form.html", form=form, person=None), UNPROCESSABLE
    flash(gettext("Added. They cannot sign in before they have a password."), "good")
    return redirect(url_for("members.person", id_=account))


def beginning(mine: Rights) -> dict[str, str]:
    """What the form of a new person, or a new group, begins with."""
    writer = signed_in()
    return {
        "role": Role.PROFESSIONAL.value,
        "region": "" if mine.everything else writer.region,
        "organisation": mine.territory.organisation,
        "language": writer.language,
    }


def wished(form: PersonForm, before: Person | None = None) -> tuple[Wish, Organisation | None, Wish | None]:
    """What the form says that the person is to be, its organisation, and what the person is now."""
    chosen = db.session.get(Organisation, form.organisation.data) if form.organisation.data else None
    given = form.role.data if "role" in form else before.role if before else Role.PROFESSIONAL.value
    responsible_for = form.answers_for.data if given == Role.MANAGER and "answers_for" in form else REGION
    wish = Wish(given, form.region.data, chosen.id if chosen else None, responsible_for)
    return wish, chosen, Wish.of(before) if before else None


def taken(mine: Rights) -> str:
    """Why the address cannot be used. Who may not see the other person learns no more than that."""
    if mine.everything:
        return str(gettext("Somebody already signs in with this address."))
    return str(
        gettext(
            "This address cannot be used. Is the person here already? An operator can tell, and an "
            "invitation brings them into your group."
        )
    )
