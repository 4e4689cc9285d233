"""The words of cmi5: the names and IRIs that its specification fixes."""

from __future__ import annotations

from typing import Final

from near_learn.records.event import CMI5_CATEGORY, CMI5_MOVE_ON
from near_learn.records.terms import VERBS

NAMESPACE: Final = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
FILE: Final = "cmi5.xml"  # 14.0: its name at the root of a package

# 9.3: who may say what. The other verbs of a session are the content's own.
INITIALIZED: Final = VERBS["initialized"]
COMPLETED: Final = VERBS["completed"]
PASSED: Final = VERBS["passed"]
FAILED: Final = VERBS["failed"]
TERMINATED: Final = VERBS["terminated"]
LAUNCHED: Final = "http://adlnet.gov/expapi/verbs/launched"
ABANDONED: Final = "https://w3id.org/xapi/adl/verbs/abandoned"
WAIVED: Final = "https://w3id.org/xapi/adl/verbs/waived"
SATISFIED: Final = VERBS["satisfied"]
UNIT_VERBS: Final = frozenset({INITIALIZED, COMPLETED, PASSED, FAILED, TERMINATED})

_CMI5: Final = "https://w3id.org/xapi/cmi5"
CATEGORY: Final = CMI5_CATEGORY  # 9.6.2.1
MOVE_ON_CATEGORY: Final = f"{_CMI5}/context/categories/moveon"  # 9.6.2.2
BLOCK: Final = f"{_CMI5}/activitytype/block"  # 9.4
COURSE: Final = f"{_CMI5}/activitytype/course"
SESSION_ID: Final = f"{_CMI5}/context/extensions/sessionid"  # 9.6.3.1
MASTERY_SCORE: Final = f"{_CMI5}/context/extensions/masteryscore"
LAUNCH_MODE: Final = f"{_CMI5}/context/extensions/launchmode"
LAUNCH_URL: Final = f"{_CMI5}/context/extensions/launchurl"
MOVE_ON: Final = CMI5_MOVE_ON
LAUNCH_PARAMETERS: Final = f"{_CMI5}/context/extensions/launchparameters"
REASON: Final = f"{_CMI5}/result/extensions/reason"  # 9.5.5.2

LAUNCH_DATA: Final = "LMS.LaunchData"  # 10.1
PREFERENCES: Final = "cmi5LearnerPreferences"  # 11.0

MODES: Final = ("Normal", "Browse", "Review")  # 10.2.2
MOVE_ONS: Final = ("NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed")
# 8.1: what the launch adds to the address, and the address may not have already.
RESERVED: Final = ("endpoint", "fetch", "actor", "registration", "activityId")
