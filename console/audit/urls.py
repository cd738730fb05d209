from django.urls import path

from console.audit.entries import audit_log, export

urlpatterns = [
    path("audit", audit_log, name="audit"),
    path("audit/export.csv", export, {"form": "csv"}, name="export-audit-csv"),
    path("audit/export.jsonl", export, {"form": "jsonl"}, name="export-audit-jsonl"),
]
