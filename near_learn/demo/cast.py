"""Who lives in the demo world. Everybody is invented; the regions are those of NEAR's partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from uuid import UUID

from near_learn.people.letters import folded
from near_learn.people.role import Role

DOMAIN = "demo.example"


@dataclass(frozen=True)
class House:
    """An organisation of the demo world, and the group in which its people learn, if they have one."""

    id: str
    name: str
    share: float  # of the region's people
    cohort: str | None = None


@dataclass(frozen=True)
class Territory:
    """A region of the demo world: how many professionals, and how they tend to learn."""

    code: str
    zone: str
    people: int
    languages: Mapping[str, float]  # share of the people who learn in it
    first_names: str  # parted by spaces; an underscore is a space within a name
    last_names: str
    never_start: float  # share of those enrolled
    finish: float  # share of those who start
    skill: float  # mean chance of a right answer at the first attempt
    cohorts: Mapping[str, str]  # id and name
    houses: tuple[House, ...]


@dataclass(frozen=True)
class Character:
    """Somebody in the demo world. Few of them can sign in."""

    account: str
    email: str
    name: str
    role: Role
    region: str
    language: str
    zone: str = "Europe/Brussels"
    cohort: str | None = None
    signs_in: bool = False
    organisation: str | None = None


TERRITORIES = (
    Territory(
        "ES220", "Europe/Madrid", 64, {"es": 0.84, "en": 0.08, "ro": 0.08},
        "Ainhoa Amaia Arantxa Beatriz Carlos Edurne Fermín Gorka Idoia Iker Irati Itziar Javier "
        "Jon Josune Leire Maider Maite Mikel Miren Nerea Oihana Raquel Uxue Xabier Yolanda",
        "Aldaz Armendáriz Azcona Baztán Echeverría Elizalde Erro Garcés Goñi Huarte Ibarra "
        "Iriarte Larrea Lizarraga Mendioroz Mina Ollo Oroz Sarasa Ugarte Urdánoz Zabalza",
        never_start=0.06, finish=0.76, skill=0.80,
        cohorts={"navarra-spring": "Navarra, spring group", "navarra-autumn": "Navarra, autumn group"},
        houses=(
            House("org-valle-abierto", "Fundación Valle Abierto", 0.45, "navarra-spring"),
            House("org-casa-del-rio", "Casa del Río", 0.15),
            House("org-mancomunidad", "Servicios sociales de la mancomunidad", 0.4, "navarra-autumn"),
        ),
    ),
    Territory(
        "FI1C6", "Europe/Helsinki", 42, {"fi": 0.93, "en": 0.07},
        "Aino Anneli Antti Eero Eija Elina Hanna Heikki Ilona Jari Johanna Juha Kaisa Kirsi Laura "
        "Leena Marja Mika Niina Outi Pekka Päivi Riitta Sanna Tiina Tuomas Ville",
        "Aaltonen Hakala Heinonen Hiltunen Järvelä Kallio Kettunen Koivisto Korpela Lahtinen "
        "Lehtonen Mäenpää Niskanen Ojala Peltola Rantanen Salmi Savolainen Tuominen Vainio Ylönen",
        never_start=0.05, finish=0.78, skill=0.86,
        cohorts={"paijat-hame-pilot": "Päijät-Häme pilot"},
        houses=(
            House("org-jarvikoti", "Järvikoti", 0.55, "paijat-hame-pilot"),
            House("org-harjun-palvelut", "Harjun palvelut", 0.45),
        ),
    ),
    Territory(
        "BE212", "Europe/Brussels", 36, {"nl": 0.92, "en": 0.08},
        "An Annelies Bart Brecht Dirk Elke Els Femke Griet Hilde Ilse Jan Joke Karel Katrien Koen "
        "Lien Lies Maarten Nele Pieter Ruben Sofie Stijn Tine Tom Veerle Wim",
        "Aerts Bogaerts Claes Coppens Daems De_Backer De_Smedt Geerts Hermans Jacobs Lambrechts "
        "Lauwers Maes Nuyts Peeters Verbeeck Vercammen Verhoeven Wouters Wuyts",
        never_start=0.11, finish=0.52, skill=0.78,
        cohorts={},
        houses=(
            House("org-de-open-poort", "De Open Poort", 0.5),
            House("org-samen-thuis", "Samen Thuis", 0.35),
            House("org-zorgpunt-dijle", "Zorgpunt Dijle", 0.15),
        ),
    ),
    Territory(
        "CZ063", "Europe/Prague", 31, {"cs": 0.97, "en": 0.03},
        "Alena Barbora Eva Hana Helena Iveta Jakub Jana Jitka Josef Kamila Kateřina Lenka Lucie "
        "Marek Markéta Martin Michaela Ondřej Pavla Petr Radka Šárka Tomáš Veronika Zdeněk",
        "Bartoš Beneš Doležal Dušek Hájek Havlíček Kadlec Kolář Konečný Kříž Marek Musil Němec "
        "Pokorný Říha Sedláček Soukup Šimek Vacek Zeman",
        never_start=0.16, finish=0.40, skill=0.72,
        cohorts={},
        houses=(
            House("org-domov-u-lipy", "Domov U Lípy", 0.5),
            House("org-pruvodci", "Průvodci, z. s.", 0.5),
        ),
    ),
    Territory(
        "IT", "Europe/Rome", 27, {"it": 0.96, "en": 0.04},
        "Alessandra Andrea Chiara Claudia Davide Elena Federica Francesca Giorgia Giulia Ilaria "
        "Lorenzo Luca Marta Matteo Monica Paola Roberta Sara Serena Silvia Stefano Valentina",
        "Barbieri Bellini Caruso Conti Ferraro Fontana Galli Gatti Leone Lombardi Mancini "
        "Marchetti Moretti Orlando Pellegrini Rinaldi Sanna Serra Testa Vitale",
        never_start=0.10, finish=0.45, skill=0.83,
        cohorts={},
        houses=(
            House("org-la-piazza", "Cooperativa La Piazza", 0.6),
            House("org-il-cortile", "Il Cortile", 0.4),
        ),
    ),
)  # fmt: skip

# Account numbers of these are fixed, so that a guide can point to them.
STAFF = (
    ("trainer", Role.TRAINER, "Elina Koskela", "FI1C6", "en"),
    ("manager", Role.MANAGER, "Iñaki Zubiri", "ES22", "en"),
    ("operator", Role.OPERATOR, "Marc Delvaux", "BE212", "en"),
    ("manager-fi", Role.MANAGER, "Sari Laakso", "FI1C6", "fi"),
    ("manager-be", Role.MANAGER, "Lieve Mertens", "BE212", "nl"),
    ("manager-cz", Role.MANAGER, "Ivana Horáková", "CZ063", "cs"),
    ("manager-it", Role.MANAGER, "Paolo Ricci", "IT", "it"),
)
PROFESSIONAL = ("professional", "Nahia Otxoa", "ES220", "en")
PROFESSIONALS_COHORT = "navarra-autumn"


def staff(rng: Random) -> list[Character]:
    """One person a role beside learning, and a manager for each region."""
    return [
        Character(_account(rng), f"{word}@{DOMAIN}", name, role, region, language, signs_in=True)
        for word, role, name, region, language in STAFF
    ]


def professional(rng: Random) -> Character:
    """The professional whose sign-in the demo prints."""
    word, name, region, language = PROFESSIONAL
    return Character(
        _account(rng), f"{word}@{DOMAIN}", name, Role.PROFESSIONAL, region, language, "Europe/Madrid",
        PROFESSIONALS_COHORT, signs_in=True, organisation="org-mancomunidad",
    )  # fmt: skip


def professionals(rng: Random, territory: Territory) -> list[Character]:
    """The professionals of a region; no two have the same name."""
    pairs = [
        (first, last) for first in territory.first_names.split() for last in territory.last_names.split()
    ]
    return [
        _character(rng, territory, first, last.replace("_", " "))
        for first, last in rng.sample(pairs, territory.people)
    ]


def _character(rng: Random, territory: Territory, first: str, last: str) -> Character:
    house = rng.choices(territory.houses, [each.share for each in territory.houses])[0]
    languages = list(territory.languages)
    return Character(
        account=_account(rng),
        email=f"{_letters(first)}.{_letters(last)}@{DOMAIN}",
        name=f"{first} {last}",
        role=Role.PROFESSIONAL,
        region=territory.code,
        language=rng.choices(languages, [territory.languages[each] for each in languages])[0],
        zone=territory.zone,
        cohort=house.cohort,
        organisation=house.id,
    )


def _letters(name: str) -> str:
    """The name as it stands in an e-mail address."""
    return folded(name).replace(" ", "-")


def _account(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
