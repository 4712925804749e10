"""publiccode.yml against the parts of its standard (0.4) that no offline tool checks."""

import sys

import yaml

SOFTWARE_TYPES = {
    "standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web", "standalone/backend",
    "standalone/other", "addon", "library", "configurationFiles",
}
STATUSES = {"concept", "development", "beta", "stable", "obsolete"}
SCOPES = {
    "agriculture", "culture", "defence", "education", "emergency-services", "employment", "energy", "environment",
    "finance-and-economic-development", "foreign-affairs", "government", "healthcare", "infrastructures", "justice",
    "local-authorities", "manufacturing", "research", "science-and-technology", "security", "society", "sport",
    "tourism", "transportation", "welfare",
}


def faults(document):
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType",
                "description", "legal", "maintenance", "localisation"):
        if key not in document:
            yield f"{key} is missing"
    if document["softwareType"] not in SOFTWARE_TYPES:
        yield "softwareType is none"
    if document["developmentStatus"] not in STATUSES:
        yield "developmentStatus is none"
    if not set(document["intendedAudience"]["scope"]) <= SCOPES:
        yield "intendedAudience.scope has one that is none"
    if document["maintenance"]["type"] in ("internal", "community") and not document["maintenance"].get("contacts"):
        yield "maintenance.contacts is missing"
    for language, texts in document["description"].items():
        if not 1 <= len(texts["shortDescription"]) <= 150:
            yield f"description.{language}.shortDescription is too long"
        if not 150 <= len(texts["longDescription"]) <= 10000:
            yield f"description.{language}.longDescription is too short or too long"
        if not texts.get("features") or any(len(feature) > 100 for feature in texts["features"]):
            yield f"description.{language}.features"
    if not document["localisation"]["availableLanguages"]:
        yield "localisation.availableLanguages is empty"


found = list(faults(yaml.safe_load(open(sys.argv[1], encoding="utf-8"))))
for fault in found:
    print(f"{sys.argv[1]}: {fault}")
sys.exit(bool(found))
