from django.urls import path

from console.profile.profile import end_other_sessions, end_session, profile

urlpatterns = [
    path("profile", profile, name="profile"),
    path("profile/sessions/<uuid:session_id>/end", end_session, name="end-session"),
    path("profile/sessions/end-others", end_other_sessions, name="end-other-sessions"),
]
