"""PURE. Steps to set up provisioning at each vendor, in the vendor's own words, with the service provider details."""

from dataclasses import dataclass

_TOKEN = "A token from this page, without the word Bearer in front"


@dataclass(frozen=True)
class Setting:
    """What a field or box of the vendor's has to hold. `copied`: it is one of our values."""

    field: str
    value: str
    copied: bool = False

    @property
    def id(self) -> str:
        """On the page."""
        return f"value-{self.field.lower().replace(' ', '-')}"


@dataclass(frozen=True)
class Step:
    """`place`: where in the vendor's console; `then`: what to press, and what is seen when it is right."""

    place: str
    settings: tuple[Setting, ...] = ()
    then: str = ""


@dataclass(frozen=True)
class Checklist:
    key: str
    label: str
    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()


def okta(base_url: str) -> Checklist:
    steps = (
        Step("In the Okta admin console open Applications › Applications and the app that signs your people in."),
        Step(
            "Tab General › App Settings › Edit",
            (Setting("Enable SCIM provisioning", "ticked"),),
            "Save. The tab Provisioning appears.",
        ),
        Step(
            "Tab Provisioning › Integration › Edit",
            (
                Setting("SCIM connector base URL", base_url, copied=True),
                Setting("Unique identifier field for users", "userName", copied=True),
                Setting("Supported provisioning actions", "Push New Users and Push Profile Updates; no other box"),
                Setting("Authentication Mode", "HTTP Header"),
                Setting("Authorization", _TOKEN),
            ),
            "Press Test Connector Configuration: every action you ticked is green. Then Save.",
        ),
        Step(
            "Tab Provisioning › To App › Edit",
            (
                Setting("Create Users", "enabled"),
                Setting("Update User Attributes", "enabled"),
                Setting("Deactivate Users", "enabled"),
                Setting("Sync Password", "not enabled: provisioned users have no password here"),
            ),
            "Save.",
        ),
        Step(
            "Tab Assignments: assign one person.", then="The user appears under Users here within a minute, as pending."
        ),
    )
    remarks = (
        "Leave Push Groups off: groups are read at each login.",
        "A red mark beside a person leads to Dashboard › Tasks, where Okta shows the answer of Torque and can retry.",
    )
    return Checklist("okta", "Okta", steps, remarks)


def entra(base_url: str) -> Checklist:
    steps = (
        Step("In the Azure portal open Enterprise applications and the app that signs your people in."),
        Step(
            "Provisioning › Get started",
            (
                Setting("Provisioning Mode", "Automatic"),
                Setting("Tenant URL", base_url, copied=True),
                Setting("Secret Token", _TOKEN),
            ),
            "Press Test Connection: a message on the top right confirms it. Then Save.",
        ),
        Step(
            "Provisioning › Edit provisioning › Mappings › Provision Microsoft Entra ID Groups",
            (Setting("Enabled", "No"),),
            "Save. Groups are read at each login, not provisioned.",
        ),
        Step(
            "Mappings › Provision Microsoft Entra ID Users › externalId",
            (Setting("Source attribute", "objectId", copied=True),),
            "Save. Then a login finds the provisioned user by an id that never changes, even if the address does.",
        ),
        Step(
            "Users and groups: assign one person. Overview: press Start provisioning.",
            then="The user appears under Users here after the first cycle, as pending.",
        ),
    )
    remarks = (
        "Entra works in cycles: a change may take 40 minutes. Provision on demand provisions one user at once.",
        "Flags of Entra's at the end of the Tenant URL, like ?aadOptscim062020, are understood and not needed.",
    )
    return Checklist("entra", "Microsoft Entra ID", steps, remarks)


def other(base_url: str) -> Checklist:
    steps = (
        Step(
            "Where your identity provider asks for a SCIM 2.0 service",
            (
                Setting("Base URL", f"{base_url}/v2", copied=True),
                Setting("Authentication", "Bearer token (OAuth bearer token, HTTP header)"),
                Setting("Token", _TOKEN),
                Setting("Unique identifier of users", "userName", copied=True),
                Setting("Create, update and deactivate users", "on"),
                Setting("Groups", "off: they are read at each login"),
            ),
        ),
        Step("Assign one person.", then="The user appears under Users here, as pending."),
    )
    return Checklist("other", "Another provider", steps)


CHECKLISTS = {"okta": okta, "entra": entra, "other": other}
