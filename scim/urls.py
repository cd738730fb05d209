"""`/api/scim` and the same under `/api/scim/v2`. A slash at the end is tolerated and nothing redirects (C09, C14)."""

from django.urls import URLPattern, re_path

from scim.views import discovery, users

app_name = "scim"

urlpatterns: list[URLPattern] = [
    re_path(r"^Users/?\Z", users.UsersView.as_view(), name="users"),
    # Before the ids: it would be one of them.
    re_path(r"^(?:Users/)?\.search/?\Z", users.SearchView.as_view(), name="search"),
    re_path(r"^Users/(?P<user_id>[^/]+)/?\Z", users.UserView.as_view(), name="user"),
    re_path(r"^Me/?\Z", users.MeView.as_view(), name="me"),
    re_path(r"^Groups/?\Z", discovery.GroupsView.as_view(), name="groups"),
    re_path(r"^Groups/\.search/?\Z", discovery.GroupsSearchView.as_view(), name="groups-search"),
    re_path(r"^Groups/(?P<group_id>[^/]+)/?\Z", discovery.GroupView.as_view(), name="group"),
    re_path(r"^ServiceProviderConfig/?\Z", discovery.ServiceProviderConfigView.as_view(), name="provider"),
    re_path(r"^ResourceTypes(?:/(?P<name>[^/]+))?/?\Z", discovery.resource_types, name="resource-types"),
    re_path(r"^Schemas(?:/(?P<name>[^/]+))?/?\Z", discovery.schemas, name="schemas"),
    re_path(r"^Bulk/?\Z", discovery.BulkView.as_view(), name="bulk"),
    re_path(r"^[\s\S]*\Z", discovery.NothingHere.as_view(), name="nothing"),
]
